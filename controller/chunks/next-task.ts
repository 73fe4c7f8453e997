import type { FailureCode } from "@transpod/contract/failures.ts";
import type { ChunkRow } from "@transpod/store/chunks.ts";

/** What a worker of a cut attempt does next. `giveUp` ends the attempt: a chunk failed too often. */
export type NextTask =
  | { kind: "chunk"; chunk: ChunkRow }
  | { kind: "join" }
  | { kind: "wait" }
  | { kind: "release" }
  | { kind: "giveUp"; chunk: number; code: FailureCode };

/** What is known when a worker asks. Its own earlier leases have ended. */
export interface CutState {
  chunks: readonly ChunkRow[];
  /** Whether another worker joins the chunks, and was heard recently. */
  othersJoin: boolean;
  /** Whether files wait for slots. */
  othersWait: boolean;
  /** How many leases of one chunk may fail before the attempt does. */
  maxFailures: number;
}

/** A second lease is given only to a chunk that has run for at least so long. */
const minStragglerSeconds = 30;

/** Decides the next task. Pure. */
export function nextTask({ chunks, othersJoin, othersWait, maxFailures }: CutState): NextTask {
  const open = chunks.filter((chunk) => !chunk.encoded);
  if (open.length === 0) return { kind: othersJoin ? "release" : "join" };
  const free = open.filter((chunk) => chunk.live.length === 0);
  const lost = free.find((chunk) => chunk.failures >= maxFailures);
  if (lost !== undefined) {
    return { kind: "giveUp", chunk: lost.chunk, code: lost.failure_code ?? "stalled" };
  }
  // A worker that has a chunk stays.
  const othersWork = open.some((chunk) => chunk.live.length > 0);
  if (othersWait && othersWork) return { kind: "release" };
  const next = free[0] ?? findStraggler(chunks);
  return next === undefined ? { kind: "wait" } : { kind: "chunk", chunk: next };
}

/**
 * A chunk whose only lease takes more than twice as long as the encoded chunks predict: its worker may be on
 * a slow or dying machine. Whoever of the two completes it first counts.
 */
function findStraggler(chunks: readonly ChunkRow[]): ChunkRow | undefined {
  const secondsPerFrame = median(
    chunks.flatMap(({ seconds, frames }) => (seconds === null ? [] : [seconds / frames])),
  );
  if (secondsPerFrame === undefined) return undefined;
  return chunks.find(({ encoded, live, frames }) => {
    const [only, second] = live;
    if (encoded || only === undefined || second !== undefined) return false;
    return only.seconds > Math.max(minStragglerSeconds, 2 * secondsPerFrame * frames);
  });
}

/** Undefined without values. */
function median(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
