import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { access, mkdir, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { pipeline } from "node:stream/promises";
import { TranspodError } from "@transpod/contract/errors.ts";
import { TransientError } from "./retry.ts";
import { fetchStorage } from "./storage.ts";

export interface DownloadOptions {
  /** Whether a file that is already there may be replaced. The default is false. */
  overwrite?: boolean;
  onReceived?: (receivedBytes: number, totalBytes: number | null) => void;
  signal?: AbortSignal | undefined;
}

/** Where bytes are kept until all are there; a later download of the same goes on with them. */
export function partialPath(path: string, fileId: string): string {
  return `${path}.${fileId}.part`;
}

/** Adds to a partial file what it lacks. Throws a TransientError when the connection breaks. */
export async function fetchRest(
  url: string,
  partial: string,
  { onReceived, signal }: DownloadOptions,
): Promise<void> {
  await mkdir(dirname(partial), { recursive: true });
  const present = await sizeOf(partial);
  const headers: Record<string, string> = present > 0 ? { range: `bytes=${present}-` } : {};
  const response = await fetchStorage(url, { headers, ...(signal && { signal }) });
  if (response.status === 416) {
    // It has all bytes, or too many; the checksum tells which.
    await response.body?.cancel();
    return;
  }
  if (!response.ok || response.body === null) {
    await response.body?.cancel();
    throw new TranspodError("download_refused", `S3 refused the download: ${response.status}.`);
  }
  const from = response.status === 206 ? present : 0;
  const length = response.headers.get("content-length");
  const total = length === null ? null : from + Number(length);
  let received = from;
  const { body } = response;
  await pipeline(
    async function* () {
      for await (const chunk of body) {
        received += chunk.length;
        onReceived?.(received, total);
        yield chunk;
      }
    },
    createWriteStream(partial, { flags: from === 0 ? "w" : "a" }),
  ).catch((cause: unknown) => {
    signal?.throwIfAborted();
    // An error of the disk has a system call.
    if ((cause as { syscall?: unknown }).syscall === "write") throw cause;
    throw new TransientError("storage_unreachable", "The connection to the storage broke.", {
      executed: "unknown",
      cause,
    });
  });
}

/** Publishes a partial file under its name when it has this checksum; null when none is known. */
export async function publish(partial: string, path: string, sha256: string | null): Promise<void> {
  if (sha256 !== null && (await sha256Of(partial)) !== sha256) {
    await rm(partial);
    throw new TranspodError(
      "checksum_mismatch",
      `The download of ${path} is not what Transpod made: its SHA-256 differs. It was removed; download it again.`,
    );
  }
  await rename(partial, path);
}

/** Whether the file is already there. Throws when another one has its place. */
export async function isThere(path: string, sha256: string | null): Promise<boolean> {
  const present = await access(path).then(
    () => true,
    () => false,
  );
  if (!present) return false;
  if (sha256 !== null && (await sha256Of(path)) === sha256) return true;
  throw new TranspodError(
    "output_exists",
    `${path} is already there and is another file. Remove it, or choose another folder.`,
  );
}

/** In hexadecimal. */
export async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

async function sizeOf(path: string): Promise<number> {
  return await stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}
