import { join } from "node:path";
import type { JoinTask, WholeTask } from "@transpod/contract/chunk-protocol.ts";
import type { CompleteRequest } from "@transpod/contract/work-protocol.ts";
import { planChunks } from "../chunks/plan-chunks.ts";
import { readFfmpegFacts } from "../ffmpeg/facts.ts";
import { containerOf } from "../plan/container.ts";
import { targetFor } from "../plan/encoder.ts";
import { convert, type ConvertDeps } from "./convert.ts";
import { downloadChunks } from "./download-chunks.ts";
import { summarize } from "./media-summary.ts";
import { publishStills } from "./publish-stills.ts";
import { sourceOf, type TaskDeps } from "./task.ts";
import { downloadSource, uploadResult } from "./transfers.ts";

/**
 * Encodes a whole video, or joins its encoded chunks; resolves with the request for `complete`. Null when the video
 * was cut instead. Every phase throws its own AttemptError.
 */
export async function transcode(
  deps: TaskDeps,
  task: WholeTask | JoinTask,
): Promise<CompleteRequest | null> {
  const cut = task.task === "whole" && task.max_workers > 1 ? await cutVideo(deps, task) : null;
  if (cut === true) return null;

  const { folder, clock, log } = deps;
  const container = containerOf(task.file_name);
  const input = join(folder, `source.${container}`);
  const output = join(folder, `output.${container}`);
  const encoded = await clock.run("download", async () => {
    await downloadSource(deps, task, input);
    return task.task === "join" ? await downloadChunks(deps, task) : undefined;
  });
  const onPlanned: ConvertDeps["onPlanned"] = (source, plan) => {
    deps.onProbed(summarize(container, source));
    log.info({ event: "planned", target_codec: plan.target, args: plan.args, notes: plan.notes });
  };
  const { settings, limits, lease } = task;
  const files = { container, input, output, ...(encoded === undefined ? {} : { encoded }) };
  const converted = await convert({ ...deps, settings, limits, readFfmpegFacts, onPlanned }, files);
  const { source, plan, verified, notes } = converted;
  const { sizeBytes } = verified.made.media;
  const file = { path: output, sizeBytes };
  const { stills, ...uploaded } = await clock.run("upload", async () => ({
    stills: await publishStills(deps, lease, files, converted),
    ...(await uploadResult(deps, lease, file)),
  }));

  return {
    lease,
    ...uploaded,
    size_bytes: sizeBytes,
    original: summarize(container, source),
    processed: summarize(container, verified.made),
    target_codec: plan.target,
    verification: verified.verification,
    notes: [...notes, ...notesOf(task, cut)],
    phase_times: clock.times,
    ...(stills === undefined ? {} : { stills }),
  };
}

/** Cuts a video that is worth it; else a sentence that says why it can't be cut, or null when one worker is enough. */
async function cutVideo(deps: TaskDeps, task: WholeTask): Promise<true | string | null> {
  const { config, sourceIndex, work, log, clock, signal } = deps;
  const object = sourceOf(deps, task);
  const planned = await clock.run("probe", async () => {
    const found = await sourceIndex.read(object);
    if (found === null) return null;
    const ffmpeg = await readFfmpegFacts(signal);
    const { settings, chunk_seconds: chunkSeconds } = task;
    const request = { settings, cpus: config.cpus, ffmpeg, chunkSeconds };
    const { sparse, indexed } = found;
    const plan = await planChunks(indexed, { sparse, object }, request);
    return plan === null || typeof plan === "string"
      ? plan
      : { ...plan, video: indexed.source.video };
  });
  if (planned === null || typeof planned === "string") return planned;
  const { chunks, fingerprint, video } = planned;
  log.info({ event: "cut", chunks: chunks.length, fingerprint });
  const chunk_frames = chunks.map(({ frames }) => frames);
  const codecs = { original_codec: video.codec, target_codec: targetFor(video) };
  await work.cut({ lease: task.lease, fingerprint, chunk_frames, ...codecs }, signal);
  return true;
}

function notesOf(task: WholeTask | JoinTask, uncut: string | null): string[] {
  if (task.task === "join") return [...new Set(task.chunks.flatMap(({ notes }) => notes))];
  return uncut === null ? [] : [`One worker encoded the whole video. ${uncut}`];
}
