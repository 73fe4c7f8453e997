import type { JobStatus } from "@transpod/contract/ports.ts";
import { lastLines, readableLine } from "@transpod/contract/worker-log.ts";
import type { Termination } from "./wire.ts";

/** With any other reason the message is that of the container runtime. */
const ownEnds = new Set(["Error", "OOMKilled"]);

/**
 * The last lines of a worker, from the message of its termination: the last 2048 bytes of its log. The first line is
 * left out where it may be cut: half of a secret looks like none. Pure.
 * https://kubernetes.io/docs/tasks/debug/debug-application/determine-reason-pod-failure/
 */
export function workerLogOf(termination: Termination | undefined): Pick<JobStatus, "workerLog"> {
  const { reason = "", message = "" } = termination ?? {};
  if (!ownEnds.has(reason)) return {};
  const lines = message.split("\n");
  const workerLog = lastLines(lines.slice(lines.length > 1 ? 1 : 0).map(readableLine));
  return workerLog === null ? {} : { workerLog };
}
