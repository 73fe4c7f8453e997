import type { Delivery } from "@transpod/contract/webhooks.ts";

const [leastMs, mostMs] = [1_000, 60_000];

/** In how many milliseconds a delivery may have changed; null when all have ended. `now` in milliseconds. Pure. */
export function nextLookMs(
  deliveries: readonly Pick<Delivery, "next_try_at">[],
  now: number,
): number | null {
  const tries = deliveries.flatMap(({ next_try_at }) => next_try_at ?? []).map(Date.parse);
  if (tries.length === 0) return null;
  return Math.min(mostMs, Math.max(leastMs, Math.min(...tries) - now));
}
