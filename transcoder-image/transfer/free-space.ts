import { statfs } from "node:fs/promises";
import { AttemptError } from "../attempt/attempt-error.ts";

/** The source, and an output of up to twice its size, as was measured. */
const sourceSizeFactor = 3;
const mebibyte = 1024 ** 2;

/** Throws AttemptError `disk_full` before any work is done for a file that won't fit. */
export async function requireFreeSpace(folder: string, sourceBytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  const needed = sourceBytes * sourceSizeFactor;
  if (free >= needed) return;
  throw new AttemptError(
    "disk_full",
    `The worker has ${inMebibytes(free)} MiB of free disk; this file may need ${inMebibytes(needed)} MiB.`,
  );
}

/** Whether an error is the file system's "no space left". */
export function isDiskFull(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOSPC";
}

function inMebibytes(bytes: number): number {
  return Math.ceil(bytes / mebibyte);
}
