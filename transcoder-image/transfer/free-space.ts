import { statfs } from "node:fs/promises";
import { AttemptError } from "../attempt/attempt-error.ts";

/** The source, and an output that has been seen to grow to twice its size. */
const sourceSizeFactor = 3;
const mebibyte = 1024 ** 2;

/** Throws AttemptError `disk_full` before hours are spent on what won't fit. */
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

/** Whether an error is the file system's word that nothing more fits. */
export function isDiskFull(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOSPC";
}

function inMebibytes(bytes: number): number {
  return Math.ceil(bytes / mebibyte);
}
