/**
 * The wait in seconds that the header Retry-After requests, as seconds or as a date
 * (https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3). Null when the value is neither. `now` is in milliseconds, as
 * from Date.now().
 */
export function secondsIn(retryAfter: string, now: number): number | null {
  if (/^\d+$/.test(retryAfter)) return Number(retryAfter);
  // All three date formats begin with the day of the week. Date.parse does not require it.
  if (!/^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)/.test(retryAfter)) return null;
  // The format of asctime() has no time zone and is in GMT, like the others.
  const at = Date.parse(retryAfter.endsWith(" GMT") ? retryAfter : `${retryAfter} GMT`);
  return Number.isNaN(at) ? null : Math.max(0, (at - now) / 1_000);
}
