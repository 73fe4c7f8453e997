import type { Answer, TakenDelivery } from "@transpod/store/deliveries.ts";

export const deliveryResults = ["delivered", "postponed", "given_up", "gone"] as const;

export interface Verdict {
  result: (typeof deliveryResults)[number];
  /** Until the next try; 0 when there is none. */
  delaySeconds: number;
  /** For how long the receiver is sent nothing, neither this delivery nor another; 0 unless it asked. */
  pauseSeconds: number;
}

export interface Reply extends Answer {
  /** From the header Retry-After; null without a valid one. */
  retry_after_seconds: number | null;
}

/** For how long a delivery is tried, from its first try on. */
const patienceSeconds = 24 * 3600;
const backoff = { first: 5, factor: 4, most: 3600 };
/** Of each delay, up or down: what failed together does not come back together. */
const jitter = 0.2;

/**
 * What comes of a try that was answered so. 410 is how a receiver says that it is gone for good; whatever
 * else is not 2xx may be better later. Retry-After says when
 * (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md). It is read
 * with any status, since it can come with 3xx, 413, 429 and 503, and it is about the receiver, not about one
 * event: all deliveries to it pause. The longest backoff is its maximum, so a receiver can't postpone for
 * ever. It makes no delay shorter and ends no delivery sooner. `random` is from 0 to 1.
 */
export function judgeAnswer(
  { tries, trying_seconds }: Pick<TakenDelivery, "tries" | "trying_seconds">,
  { error, http_status, retry_after_seconds }: Reply,
  random: number,
): Verdict {
  if (error === null) return { result: "delivered", delaySeconds: 0, pauseSeconds: 0 };
  if (http_status === 410) return { result: "gone", delaySeconds: 0, pauseSeconds: 0 };
  const pauseSeconds = Math.min(backoff.most, retry_after_seconds ?? 0);
  const delay = Math.min(backoff.most, backoff.first * backoff.factor ** tries);
  const delaySeconds = delay * (1 + jitter * (2 * random - 1));
  if (trying_seconds + delaySeconds > patienceSeconds)
    return { result: "given_up", delaySeconds: 0, pauseSeconds };
  return {
    result: "postponed",
    delaySeconds: Math.max(delaySeconds, pauseSeconds),
    pauseSeconds,
  };
}
