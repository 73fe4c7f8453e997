import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { ChunkCompleteRequest, ChunkTask } from "@transpod/contract/chunk-protocol.ts";
import { chunksOf, samplesOf, shownFrames, type Chunk } from "../chunks/cut.ts";
import type { Indexed } from "../chunks/look-at-index.ts";
import { placesOf } from "../chunks/read-samples.ts";
import { writeChunk } from "../chunks/write-chunk.ts";
import { readFfmpegFacts } from "../ffmpeg/facts.ts";
import { AttemptError } from "./attempt-error.ts";
import { convert } from "./convert.ts";
import { resultNotes } from "./result-notes.ts";
import { sourceOf, type TaskDeps } from "./task.ts";
import { uploadChunk } from "./transfers.ts";

/** Encodes and verifies one chunk of a video; resolves with the request for `chunk-complete`. */
export async function encodeChunk(deps: TaskDeps, task: ChunkTask): Promise<ChunkCompleteRequest> {
  const { clock, folder } = deps;
  const input = join(folder, "source.mp4");
  const output = join(folder, "output.mp4");
  const { source } = await clock.run("download", () => fetchChunk(deps, task, input));
  const { verified, errorCount } = await convert(
    {
      ...{ ...deps, limits: task.limits, readFfmpegFacts, whole: source, onPlanned: () => {} },
      // Whether the result is larger is known in the end.
      settings: { ...task.settings, if_larger: "keep" },
    },
    { container: "mp4", input, output },
  );
  const { frames } = verified.verification;
  if (frames !== task.frames) {
    throw new AttemptError(
      "internal_error",
      `Chunk ${task.chunk} has ${frames} frames, not ${task.frames}.`,
    );
  }
  const { lease, chunk } = task;
  const sizeBytes = (await stat(output)).size;
  const sha256 = await clock.run("upload", () =>
    uploadChunk(deps, { chunk, lease }, { path: output, sizeBytes }),
  );
  return {
    ...{ chunk, lease, sha256 },
    size_bytes: sizeBytes,
    verification: verified.verification,
    // All other notes are about the whole video.
    notes: [...verified.notes, ...resultNotes(errorCount, 0, 0)],
    phase_times: clock.times,
  };
}

/** Fetches the chunk's own bytes, and writes them to a file of their own. */
async function fetchChunk(deps: TaskDeps, task: ChunkTask, output: string): Promise<Indexed> {
  const object = sourceOf(deps, task);
  const found = await deps.sourceIndex.read(object);
  if (found === null) throw uncut();
  const { sparse, indexed } = found;
  const chunk = chunkOf(indexed, task);
  const { index } = indexed;
  const range = samplesOf(index.samples, chunk);
  await sparse.fetch(object, placesOf(index.samples.slice(range.from, range.to)));
  await writeChunk({ source: sparse.path, output }, index, { chunk, range });
  return indexed;
}

function chunkOf({ source, index }: Indexed, task: ChunkTask): Chunk {
  const shown = shownFrames({ ...source, index });
  const chunk = shown === null ? undefined : chunksOf(task.chunk_frames, shown)?.[task.chunk];
  if (chunk === undefined) throw uncut();
  return chunk;
}

function uncut(): AttemptError {
  return new AttemptError("internal_error", "This worker can't cut the video as another one did.");
}
