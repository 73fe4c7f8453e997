import type { GrowableRow } from "@transpod/store/workers.ts";

/**
 * How many more workers each attempt gets, in the same order: the free slots are given one at a time, in
 * turn, to the attempts that can use another worker. Pure.
 */
export function shareSlots(
  free: number,
  attempts: readonly Pick<GrowableRow, "live" | "useful" | "max_workers">[],
): number[] {
  const more = attempts.map(() => 0);
  const wants = ({ live, useful, max_workers }: (typeof attempts)[number], index: number) =>
    live + more[index]! < Math.min(useful, max_workers);
  let left = free;
  while (left > 0 && attempts.some(wants)) {
    for (const [index, attempt] of attempts.entries()) {
      if (left === 0 || !wants(attempt, index)) continue;
      more[index]! += 1;
      left -= 1;
    }
  }
  return more;
}
