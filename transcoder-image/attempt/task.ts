import type { ClaimedTask } from "@transpod/contract/chunk-protocol.ts";
import type { MediaSummary } from "@transpod/contract/work-protocol.ts";
import type { Logger } from "pino";
import type { SourceFile, SourceIndex } from "../chunks/source-index.ts";
import type { Config } from "../config.ts";
import type { WorkClient } from "../work/work-client.ts";
import type { PhaseClock } from "./phase-clock.ts";
import type { Progress } from "./progress-reporter.ts";

/** What a task of a worker needs. */
export interface TaskDeps {
  config: Config;
  work: WorkClient;
  /** An empty folder that is removed afterwards. */
  folder: string;
  sourceIndex: SourceIndex;
  clock: PhaseClock;
  report: (progress: Progress) => void;
  /** Called when the source is probed: the summary is kept even if the attempt fails later. */
  onProbed: (original: MediaSummary) => void;
  log: Logger;
  signal: AbortSignal;
}

/** The source of a task, for downloads. */
export function sourceOf({ work, signal }: TaskDeps, task: ClaimedTask): SourceFile {
  const { lease, limits } = task;
  const { url, etag, size_bytes: sizeBytes } = task.source;
  const chunk = task.task === "chunk" ? { chunk: task.chunk } : {};
  const renew = () => work.source({ lease, ...chunk }, signal);
  return { ...{ url, etag, sizeBytes, limits, renew, signal } };
}
