import type { Answer, TakenDelivery } from "@transpod/store/deliveries.ts";

export const deliveryResults = ["delivered", "postponed", "given_up", "gone"] as const;

export interface Verdict {
  result: (typeof deliveryResults)[number];
  /** Until the next try; 0 when there is none. */
  delaySeconds: number;
}

/** For how long a delivery is tried, from its first try on. */
const maxRetrySeconds = 24 * 3600;
const backoff = { initial: 5, factor: 4, max: 3600 };
/** Fraction of each delay, up or down, so that deliveries that failed together are not retried together. */
const jitter = 0.2;

/**
 * The result of a try, from its answer. With 410 a receiver says that it is gone for good
 * (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md); any
 * other answer that is not 2xx may be temporary. `random` is from 0 to 1.
 */
export function judgeAnswer(
  { tries, trying_seconds }: Pick<TakenDelivery, "tries" | "trying_seconds">,
  { error, http_status }: Answer,
  random: number,
): Verdict {
  if (error === null) return { result: "delivered", delaySeconds: 0 };
  if (http_status === 410) return { result: "gone", delaySeconds: 0 };
  const delay = Math.min(backoff.max, backoff.initial * backoff.factor ** tries);
  const delaySeconds = delay * (1 + jitter * (2 * random - 1));
  if (trying_seconds + delaySeconds > maxRetrySeconds)
    return { result: "given_up", delaySeconds: 0 };
  return { result: "postponed", delaySeconds };
}
