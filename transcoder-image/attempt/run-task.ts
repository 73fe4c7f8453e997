import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import type { ClaimedTask } from "@transpod/contract/chunk-protocol.ts";
import type { MediaSummary } from "@transpod/contract/work-protocol.ts";
import type { Logger } from "pino";
import type { SourceIndex } from "../chunks/source-index.ts";
import type { Config } from "../config.ts";
import type { LogTail } from "../log-tail.ts";
import type { WorkClient } from "../work/work-client.ts";
import { AttemptError, FencedError } from "./attempt-error.ts";
import { encodeChunk } from "./encode-chunk.ts";
import { endingOf, type Ending } from "./ending.ts";
import { PhaseClock } from "./phase-clock.ts";
import { ProgressReporter } from "./progress-reporter.ts";
import type { TaskDeps } from "./task.ts";
import { transcode } from "./transcode.ts";

/** The platform waits only a short time for a worker that it stops. */
const reportTimeoutMs = 3_000;

export interface AttemptDeps {
  config: Config;
  work: WorkClient;
  log: Logger;
  /** Of what `log` wrote. */
  logTail: LogTail;
  /** Aborted when the platform stops the worker. */
  stop: AbortSignal;
}

export interface RunTaskDeps extends AttemptDeps {
  sourceIndex: SourceIndex;
}

/** Runs a task to its end. Resolves with the exit code, or with "again" when there may be another task; never rejects. */
export async function runTask(deps: RunTaskDeps, task: ClaimedTask): Promise<number | "again"> {
  const { config, work, log, stop } = deps;
  const fenced = new AbortController();
  const finished = new AbortController();
  const signal = AbortSignal.any([stop, fenced.signal]);
  const lease = { lease: task.lease, ...(task.task === "chunk" ? { chunk: task.chunk } : {}) };
  const reporter = new ProgressReporter({
    send: (progress) => work.progress({ ...lease, ...progress }, finished.signal),
    heartbeatSeconds: task.heartbeat_seconds,
    onFenced: (error) => fenced.abort(error),
    log,
  });
  const clock = new PhaseClock((phase) => {
    log.info({ event: "phase", phase });
    reporter.update({ phase, percent: 0 });
  });
  const heartbeat = reporter.run(finished.signal);
  let original: MediaSummary | undefined;
  let folder: string | undefined;

  try {
    folder = await mkdtemp(join(config.scratchDir, "transpod-"));
    const report: TaskDeps["report"] = (progress) => reporter.update(progress);
    const onProbed = (summary: MediaSummary) => (original = summary);
    return await perform({ ...deps, folder, clock, report, onProbed, signal }, task, stop);
  } catch (error) {
    // An abort causes many kinds of errors; its reason is the cause.
    const cause = signal.aborted ? signal.reason : error;
    // Another worker was faster with this chunk; there may be others.
    if (task.task === "chunk" && cause instanceof FencedError) return "again";
    const ending = endingOf(cause);
    for (const line of ffmpegLinesOf(cause)) log.error({ event: "ffmpeg", line });
    log.error({ event: "failed", exit: ending.exit, ...ending.report, ...stackOf(cause, ending) });
    await reportEnding(deps, ending, { ...lease, original, phase_times: clock.times });
    return ending.exit;
  } finally {
    finished.abort();
    await heartbeat;
    if (folder !== undefined) await removeFolder(folder, log);
  }
}

/**
 * The last request of a task is not sent with `signal`: a heartbeat may be refused because this very request has ended
 * the task. Its own answer counts.
 */
async function perform(
  deps: TaskDeps,
  task: ClaimedTask,
  stop: AbortSignal,
): Promise<number | "again"> {
  const { work, log, clock } = deps;
  if (task.task === "chunk") {
    await work.chunkComplete(await encodeChunk(deps, task), stop);
    log.info({ event: "chunk_completed", chunk: task.chunk, phase_times: clock.times });
    return "again";
  }
  const result = await transcode(deps, task);
  if (result === null) return "again";
  await work.complete(result, stop);
  log.info({ event: "completed", size_bytes: result.size_bytes, phase_times: clock.times });
  return 0;
}

interface FailureReport {
  lease: number;
  chunk?: number;
  original: MediaSummary | undefined;
  phase_times: PhaseClock["times"];
}

/** The exit code says the same with less detail, so a failure of this report is only logged. */
async function reportEnding(
  { work, log, logTail, stop }: AttemptDeps,
  { report }: Ending,
  { original, ...rest }: FailureReport,
): Promise<void> {
  if (report === null) return;
  const signal = stop.aborted ? AbortSignal.timeout(reportTimeoutMs) : stop;
  const worker_log = logTail.read();
  const request = {
    ...{ ...rest, ...report },
    ...(original === undefined ? {} : { original }),
    ...(worker_log === null ? {} : { worker_log }),
  };
  try {
    await work.fail(request, signal);
  } catch (error) {
    log.warn({ event: "fail_not_delivered", why: String(error) });
  }
}

export async function removeFolder(folder: string, log: Logger): Promise<void> {
  try {
    await rm(folder, { recursive: true, force: true });
  } catch (error) {
    log.warn({ event: "scratch_not_removed", why: String(error) });
  }
}

/** Of the error itself, or of the one that it was made from. */
function ffmpegLinesOf(error: unknown): readonly string[] {
  if (!(error instanceof AttemptError)) return [];
  return error.ffmpegLines.length > 0 ? error.ffmpegLines : ffmpegLinesOf(error.cause);
}

/** Only a bug needs a stack. */
function stackOf(error: unknown, { report }: Ending): { stack?: string } {
  if (report?.code !== "internal_error" || !(error instanceof Error)) return {};
  return error.stack === undefined ? {} : { stack: error.stack };
}
