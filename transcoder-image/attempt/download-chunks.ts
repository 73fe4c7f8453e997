import { join } from "node:path";
import pLimit from "p-limit";
import type { EncodedChunk, JoinTask } from "@transpod/contract/chunk-protocol.ts";
import { downloadFile } from "../transfer/download.ts";
import { hashFile } from "../transfer/upload.ts";
import { lowest } from "../verify/similarity.ts";
import { AttemptError } from "./attempt-error.ts";
import type { EncodedChunks } from "./convert.ts";
import type { TaskDeps } from "./task.ts";

const downloadsAtOnce = 4;

/** Downloads the encoded chunks of a video. */
export async function downloadChunks(deps: TaskDeps, { chunks }: JoinTask): Promise<EncodedChunks> {
  const limit = pLimit(downloadsAtOnce);
  const paths = await Promise.all(chunks.map((chunk) => limit(() => downloadChunk(deps, chunk))));
  const verifications = chunks.map(({ verification }) => verification);
  const ssims = verifications.flatMap(({ ssim }) => (ssim === undefined ? [] : [ssim]));
  return {
    paths,
    frames: verifications.reduce((sum, { frames }) => sum + frames, 0),
    ssim: ssims.length === 0 ? undefined : lowest(ssims),
  };
}

async function downloadChunk(
  { folder, signal }: TaskDeps,
  { chunk, url, size_bytes: sizeBytes, sha256 }: EncodedChunk,
): Promise<string> {
  const path = join(folder, `chunk-${chunk}.mp4`);
  const renew = async () => url;
  try {
    await downloadFile({
      ...{ url, renew, sizeBytes, path, signal },
      etag: null,
      onProgress: () => {},
    });
  } catch (error) {
    if (error instanceof AttemptError && error.code === "source_changed") throw lost(chunk);
    throw error;
  }
  if ((await hashFile(path, signal)) !== sha256) throw lost(chunk);
  return path;
}

function lost(chunk: number): AttemptError {
  return new AttemptError(
    "transfer_failed",
    `The encoded chunk ${chunk} is missing or not what was uploaded.`,
  );
}
