import { adviceFor, causeOf } from "@transpod/contract/causes.ts";
import type { Entry } from "@transpod/contract/explain-api.ts";
import type { FailureCode } from "@transpod/contract/failures.ts";
import { formatSeconds } from "@transpod/contract/quantities.ts";

/** The entries that all parts of a story are made of. Pure. */

export function entry(
  at: Date | null,
  kind: Entry["kind"],
  text: string,
  more: Partial<Pick<Entry, "attempt" | "tone" | "failure">> = {},
): Entry {
  const common = { attempt: null, tone: "plain", failure: null } as const;
  return { at: at?.toISOString() ?? null, ...common, kind, text, ...more };
}

export function failureOf(code: FailureCode, worker_log: string | null): Entry["failure"] {
  return { code, cause: causeOf(code), advice: adviceFor(code), worker_log };
}

/** ` after 31 s`; empty for less than a second, or when one of them is not known. */
export function after(from: Date | null, to: Date | null): string {
  if (from === null || to === null) return "";
  const seconds = (to.getTime() - from.getTime()) / 1000;
  return seconds < 1 ? "" : ` after ${formatSeconds(seconds)}`;
}

/** What holds now has no time, and is last. Entries of the same time stay in their order. */
export function inOrder(entries: readonly Entry[]): Entry[] {
  const timeOf = ({ at }: Entry) => (at === null ? Infinity : Date.parse(at));
  return entries.toSorted((a, b) => {
    const [one, other] = [timeOf(a), timeOf(b)];
    return one === other ? 0 : one - other;
  });
}
