import type { FileStatus } from "@transpod/contract/public-api.ts";
import type { Transaction } from "@transpod/contract/transactions-api.ts";
import type { Phase } from "@transpod/contract/work-protocol.ts";
import { formatDuration } from "../format.ts";
import { words } from "../words.ts";

/** A sentence about what happened, and when; null where no time is known. */
export interface Entry {
  at: string | null;
  text: string;
  tone: "plain" | "good" | "bad" | "now";
}

export interface Chapter {
  /** 0 is before the first attempt. */
  attempt: number;
  entries: Entry[];
}

/** The life of a file, in order. */
export function timelineOf(file: FileStatus, attempts: readonly Transaction[]): Chapter[] {
  const announced = { at: file.created_at, text: words.timeline.announced, tone: "plain" } as const;
  return [
    { attempt: 0, entries: [announced] },
    ...attempts.map((attempt) => ({
      attempt: attempt.attempt,
      entries: entriesOf(attempt, attempt.attempt === file.attempt ? file : undefined),
    })),
  ];
}

/** `file` when it is the current attempt. */
function entriesOf(attempt: Transaction, file: FileStatus | undefined): Entry[] {
  const { timeline } = words;
  const { queued_at, reserved_at, launched_at, claimed_at, claims } = attempt;
  const plain = (at: string | null, text: string): Entry => ({ at, text, tone: "plain" });
  const entries = [
    plain(queued_at, attempt.attempt === 1 ? timeline.queued : timeline.requeued),
    reserved_at !== null && plain(reserved_at, timeline.reserved(between(queued_at, reserved_at))),
    launched_at !== null && plain(launched_at, timeline.launched),
    attempt.memory_scale > 1 && plain(null, timeline.memory(attempt.memory_scale)),
    claimed_at !== null &&
      plain(
        claimed_at,
        timeline.claimed(attempt.worker ?? "", between(launched_at ?? queued_at, claimed_at)),
      ),
    claims > 1 && plain(null, timeline.reclaimed(claims)),
    attempt.chunks !== null && plain(null, timeline.chunks(attempt.chunks)),
    attempt.workers_started > 1 && plain(null, timeline.workers(attempt.workers_started)),
    ...(attempt.outcome === null ? present(attempt, file) : ending(attempt)),
  ];
  return entries.filter((entry) => entry !== false);
}

function present(attempt: Transaction, file: FileStatus | undefined): Entry[] {
  const { timeline } = words;
  const now = (text: string): Entry => ({ at: null, text, tone: "now" });
  if (attempt.waiting_for !== null) return [now(timeline.waiting(attempt.waiting_for))];
  const place = file?.queue_position;
  if (place !== null && place !== undefined) return [now(timeline.inQueue(place))];
  return attempt.claimed_at === null ? [] : [now(timeline.running)];
}

function ending({ outcome, failure, counted, ended_at, phase_times }: Transaction): Entry[] {
  const { timeline } = words;
  const times = (Object.keys(words.phases) as Phase[]).flatMap((phase) => {
    const ms = phase_times?.[phase];
    return ms === undefined
      ? []
      : `${words.phases[phase].toLowerCase()} ${formatDuration(ms / 1000)}`;
  });
  const spent: Entry[] =
    times.length === 0
      ? []
      : [{ at: null, text: timeline.phases(times.join(", ")), tone: "plain" }];
  if (outcome === "completed")
    return [...spent, { at: ended_at, text: timeline.completed, tone: "good" }];
  if (outcome === "cancelled") return [{ at: ended_at, text: timeline.cancelled, tone: "plain" }];
  const counts = counted === false ? timeline.notCounted : timeline.counted;
  return [
    { at: ended_at, text: timeline.failed(failure?.detail ?? ""), tone: "bad" },
    { at: null, text: counts, tone: "plain" },
  ];
}

function between(from: string, to: string): string {
  return formatDuration(Math.max(0, (Date.parse(to) - Date.parse(from)) / 1000));
}
