/**
 * How many seconds the header Retry-After asks to wait: it holds seconds or a date
 * (https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3). Null for what is neither. `now` is in milliseconds,
 * as Date.now() gives it.
 */
export function secondsIn(retryAfter: string, now: number): number | null {
  if (/^\d+$/.test(retryAfter)) return Number(retryAfter);
  // Each of the three forms of a date begins with the day of the week, which Date.parse does not ask for.
  if (!/^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)/.test(retryAfter)) return null;
  // The form of asctime() names no time zone, and is in GMT like the others.
  const at = Date.parse(retryAfter.endsWith(" GMT") ? retryAfter : `${retryAfter} GMT`);
  return Number.isNaN(at) ? null : Math.max(0, (at - now) / 1_000);
}
