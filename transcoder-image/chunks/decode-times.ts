/**
 * Decoding times for frames in decoding order, from the times at which they are presented: the ascending times, as
 * much later as reordering needs. Encoders do the same. Pure. Returns the decoding times, from 0, and how
 * much later the presentation is. Times are whole units, each of them different.
 */
export function decodeTimes(times: readonly number[]): { decodeTimes: number[]; delay: number } {
  const ascending = times.toSorted((a, b) => a - b);
  const [first = 0, second = first + 1] = ascending;
  const depth = reorderDepth(times, ascending);
  const step = second - first;
  const early = Array.from({ length: depth }, (_, i) => first - (depth - i) * step);
  const start = early[0] ?? first;
  const decoded = [...early, ...ascending].slice(0, times.length);
  return { decodeTimes: decoded.map((time) => time - start), delay: first - start };
}

/** How many frames the decoder must have before it can present the first: the most that a frame is decoded late. */
function reorderDepth(times: readonly number[], ascending: readonly number[]): number {
  const place = new Map(ascending.map((time, i) => [time, i]));
  return times.reduce((depth, time, i) => Math.max(depth, i - (place.get(time) ?? i)), 0);
}
