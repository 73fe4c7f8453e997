import { basename, join, parse, relative } from "node:path";
import pLimit, { type LimitFunction } from "p-limit";
import type { TranspodClient } from "@transpod/client/client.ts";
import { TranspodError } from "@transpod/contract/errors.ts";
import { InterruptedError, UsageError } from "../exit.ts";
import { createDisplay, type Display, type Subject } from "./display.ts";
import { failureOf, watchLimit, watchToEnd } from "./follow.ts";
import { resultName } from "./format.ts";
import type { PutOptions } from "./put-options.ts";
import { forgetBegun, stateFolder, type Begun } from "./resume.ts";
import { findSources, type Source } from "./sources.ts";
import { uploadOrResume } from "./upload.ts";

interface Put {
  client: TranspodClient;
  options: PutOptions;
  display: Display;
  /** Uploads and downloads. */
  transfers: LimitFunction;
  watches: LimitFunction;
}

/** Throws when not all files reached their end: an InterruptedError, or one that says how many failed. */
export async function putFiles(
  client: TranspodClient,
  paths: string[],
  options: PutOptions,
): Promise<void> {
  const { videos, skipped } = await findSources(paths);
  if (options.output !== undefined) refuseSameOutput(videos);
  const display = createDisplay({ json: options.json ?? false });
  const put: Put = {
    ...{ client, options, display },
    transfers: pLimit(options.parallel),
    watches: pLimit(watchLimit),
  };
  try {
    for (const detail of skipped) display.say(`Skipped: ${detail}`);
    if (videos.length === 0) throw new TranspodError("no_videos", "There is no video to upload.");
    const done = await Promise.all(videos.map((video) => putOne(put, video)));
    options.signal.throwIfAborted();
    const failed = done.filter((ok) => !ok).length;
    if (failed > 0) {
      const all = `${videos.length} ${videos.length === 1 ? "file" : "files"}`;
      throw new TranspodError("not_all_completed", `${failed} of ${all} failed.`);
    }
  } finally {
    display.stop();
  }
}

/** Whether the file reached its end. Shows a failure; the other files go on. */
async function putOne(put: Put, source: Source): Promise<boolean> {
  const { display, options } = put;
  const subject: Subject = { name: shortest(source.path), file_id: null };
  try {
    await putThrough(put, source, subject);
    return true;
  } catch (error) {
    if (options.signal.aborted || error instanceof InterruptedError) return false;
    if (!(error instanceof TranspodError)) throw error;
    display.show(subject, { event: "failed", code: error.code, detail: error.message });
    return false;
  }
}

async function putThrough(put: Put, source: Source, subject: Subject): Promise<void> {
  const { client, display, options, transfers, watches } = put;
  const { url: server, settings, deleteOriginal, signal, output } = options;
  const { path, size, mtimeMs } = source;
  const begun: Begun = { server, path, size, mtimeMs, settings, deleteOriginal };
  const states = stateFolder();
  await transfers(async () => {
    signal.throwIfAborted();
    await uploadOrResume({ client, begun, states, subject, display, options });
  });
  const watched = options.watch === true || output !== undefined;
  if (!watched) {
    display.show(subject, { event: "completed" });
    if (options.json !== true) process.stdout.write(`${subject.file_id}  ${subject.name}\n`);
    await forgetBegun(states, begun);
    return;
  }
  const status = await watches(() => watchToEnd(client, subject, display, signal));
  if (status.processing_status !== "completed") {
    await forgetBegun(states, begun);
    throw failureOf(status);
  }
  let result = subject.name;
  if (output !== undefined) {
    result = join(output, source.subfolder, resultName({ ...status, file_name: basename(path) }));
    await transfers(() => downloadTo(put, subject, result));
  }
  display.show(subject, { event: "completed" });
  if (options.json !== true) process.stdout.write(`${subject.file_id}  ${result}\n`);
  await forgetBegun(states, begun);
}

async function downloadTo({ client, display, options }: Put, subject: Subject, path: string) {
  await client.download(subject.file_id!, "processed", path, {
    signal: options.signal,
    onReceived: (received_bytes, total_bytes) =>
      display.show(subject, { event: "downloading", received_bytes, total_bytes }),
  });
  display.show(subject, { event: "downloaded", output: path });
}

/** As seen from here when it is below this folder. */
function shortest(path: string): string {
  const seen = relative("", path);
  return seen.startsWith("..") ? path : seen;
}

/** Before hours of work, not after them. */
function refuseSameOutput(videos: readonly Source[]): void {
  const outputs = new Map<string, string>();
  for (const { path, subfolder } of videos) {
    const output = join(subfolder, parse(path).base);
    const other = outputs.get(output);
    if (other !== undefined) {
      throw new UsageError(
        `The results of ${other} and ${path} would have one name. Upload them one after the other.`,
      );
    }
    outputs.set(output, path);
  }
}
