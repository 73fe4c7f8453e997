import { extname } from "node:path";
import type { LeaseRef } from "./job-identity.ts";

/** The accepted containers; the output has the same container as the input. */
export const contentTypes = { ".mp4": "video/mp4", ".mov": "video/quicktime" } as const;

export type VideoExtension = keyof typeof contentTypes;

const uuid = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
const rawKeyPattern = new RegExp(`^.+-(${uuid})\\.(?:mp4|mov)$`, "i");
const chunkKeyPattern = new RegExp(`^(${uuid})/chunks/\\d+-\\d+-\\d+\\.mp4$`);
const processedKeyPattern = new RegExp(`^(${uuid})/\\d+-\\d+\\.(?:mp4|mov)$`);

/** The extension in lower case, or undefined when it is not accepted. */
export function videoExtension(fileName: string): VideoExtension | undefined {
  const extension = extname(fileName).toLowerCase();
  return extension in contentTypes ? (extension as VideoExtension) : undefined;
}

/**
 * Where the client's object goes: `name-<file id>.mp4`. The name helps people who look into the bucket.
 * Characters that S3's guide calls unsafe are replaced, and the name is cut to 100 characters.
 */
export function rawKey(fileName: string, fileId: string): string {
  const extension = videoExtension(fileName);
  if (extension === undefined) throw new TypeError(`no video extension in ${fileName}`);
  const stem = fileName.slice(0, -extension.length).replaceAll(/[^\p{L}\p{N}!_.*'()-]+/gu, "_");
  return `${Array.from(stem).slice(0, 100).join("")}-${fileId}${extension}`;
}

/** The file id in a raw key, or undefined for a key we never issued. */
export function fileIdOfRawKey(key: string): string | undefined {
  return rawKeyPattern.exec(key)?.[1]?.toLowerCase();
}

/**
 * Where one lease of one attempt writes. Each lease has its own key, so nothing can overwrite a
 * published result.
 */
export function processedKey(
  fileId: string,
  attempt: number,
  lease: number,
  extension: VideoExtension,
): string {
  return `${processedPrefix(fileId)}${attempt}-${lease}${extension}`;
}

/** The file id in a processed key, or undefined for a key we never issued. */
export function fileIdOfProcessedKey(key: string): string | undefined {
  return processedKeyPattern.exec(key)?.[1];
}

/** The prefix of all outputs of a file, and of no other file's. */
export function processedPrefix(fileId: string): string {
  return `${fileId}/`;
}

/** Where one lease of a chunk writes, in the processed bucket. `chunk` counts from 0. */
export function chunkKey(fileId: string, chunk: number, attempt: number, lease: number): string {
  return `${chunksPrefix(fileId)}${chunk}-${attempt}-${lease}.mp4`;
}

/** The file id in a chunk's key, or undefined for a key we never issued. */
export function fileIdOfChunkKey(key: string): string | undefined {
  return chunkKeyPattern.exec(key)?.[1];
}

/** The prefix of all chunks of a file; no result has it. */
export function chunksPrefix(fileId: string): string {
  return `${processedPrefix(fileId)}chunks/`;
}

/** The prefix of the stills that one lease uploads, in the processed bucket; no result has it. */
export function stillsPrefix({ fileId, attempt, lease }: LeaseRef): string {
  return `${processedPrefix(fileId)}stills/${attempt}-${lease}/`;
}

/** Where the frame of a pair of stills goes. `pair` counts from 0. */
export function stillKey(ref: LeaseRef, pair: number, of: "original" | "processed"): string {
  return `${stillsPrefix(ref)}${pair}-${of}.jpg`;
}

export function posterKey(ref: LeaseRef): string {
  return `${stillsPrefix(ref)}poster.jpg`;
}
