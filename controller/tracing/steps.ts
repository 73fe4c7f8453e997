import { phases, type PhaseTimes } from "@transpod/contract/work-protocol.ts";
import type { Step } from "@transpod/runtime/tracing.ts";
import type { ChunkTraceRow, TraceRow } from "@transpod/store/traces.ts";

/** The steps of an attempt that has ended, and before the first one those of its upload. Pure. */
export function stepsOf(row: TraceRow, chunks: readonly ChunkTraceRow[]): Step[] {
  const { file_id, attempt, outcome, worker, failure_code, failure_detail } = row;
  const { created_at, queued_at, reserved_at, launched_at, claimed_at, ended_at } = row;
  // S3's clock may differ from that of Postgres.
  const event_at = row.event_at && clamp(row.event_at, created_at, queued_at);
  const upload =
    attempt === 1
      ? [...between("upload", created_at, event_at), ...between("intake", event_at, queued_at)]
      : [];
  return [
    ...upload,
    {
      name: "attempt",
      start: queued_at,
      end: ended_at,
      attributes: {
        "transpod.file_id": file_id,
        "transpod.attempt": attempt,
        "transpod.outcome": outcome,
        ...(worker === null ? {} : { "transpod.worker": worker }),
        ...(failure_code === null ? {} : { "transpod.failure_code": failure_code }),
      },
      error: failure_detail ?? undefined,
      steps: [
        ...between("wait for a slot", queued_at, reserved_at ?? ended_at),
        ...between("create the Job", reserved_at, launched_at ?? ended_at),
        ...between("start the worker", launched_at, claimed_at ?? ended_at),
        ...between("work", claimed_at, ended_at, [
          ...chunks.map(chunkStep),
          ...phaseSteps(row.phase_times ?? {}, ended_at),
        ]),
      ],
    },
  ];
}

function between(name: string, start: Date | null, end: Date | null, steps: Step[] = []): Step[] {
  return start === null || end === null ? [] : [{ name, start, end, steps }];
}

function chunkStep({ chunk, worker, claimed_at, ended_at, failure_code }: ChunkTraceRow): Step {
  const attributes = { "transpod.chunk": chunk, "transpod.worker": worker };
  const error = failure_code ?? undefined;
  return { name: "chunk", start: claimed_at, end: ended_at, attributes, error };
}

/** A worker reports how long its phases took. They follow one another, and the report follows the last. */
function phaseSteps(times: PhaseTimes, reported: Date): Step[] {
  const steps: Step[] = [];
  let end = reported;
  for (const phase of phases.toReversed()) {
    const ms = times[phase];
    if (ms === undefined) continue;
    const start = new Date(end.getTime() - ms);
    steps.unshift({ name: phase, start, end });
    end = start;
  }
  return steps;
}

function clamp(time: Date, earliest: Date, latest: Date): Date {
  return new Date(Math.min(Math.max(time.getTime(), earliest.getTime()), latest.getTime()));
}
