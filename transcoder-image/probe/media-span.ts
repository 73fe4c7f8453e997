/** Consecutive samples in decoding order with the same duration and offset. */
export interface SampleRun {
  /** The decoding time of the first one. */
  decodeTime: number;
  count: number;
  /** The duration of each, in decoding order. */
  duration: number;
  /** From decoding time to presentation time. */
  offset: number;
}

/** The span of a track's media, from its sample tables, in units of its timescale. */
export interface MediaSpan {
  /** The presentation time of the frame that is shown first. */
  firstShown: number;
  lastShown: number;
  /** The duration, from the table, of the frame that is shown last. */
  lastDuration: number;
  /** The sum of all durations. */
  total: number;
}

/** The span of all runs, null when there are none. Pure. */
export function spanOf(runs: Iterable<SampleRun>): MediaSpan | null {
  const spans = new SpanSum();
  for (const run of runs) spans.add(run);
  return spans.span;
}

/** Adds up runs in order. */
export class SpanSum {
  #start: number | undefined;
  #span: MediaSpan | null = null;
  /** The decoding time of the next sample, unless the run has its own. */
  end = 0;

  get span(): MediaSpan | null {
    return this.#span;
  }

  add({ decodeTime, count, duration, offset }: SampleRun): void {
    if (count === 0) return;
    this.#start ??= decodeTime;
    this.end = decodeTime + count * duration;
    const firstShown = decodeTime + offset;
    const lastShown = firstShown + (count - 1) * duration;
    const before = this.#span ?? { firstShown, lastShown, lastDuration: duration, total: 0 };
    this.#span = {
      firstShown: Math.min(before.firstShown, firstShown),
      lastShown: Math.max(before.lastShown, lastShown),
      lastDuration: lastShown >= before.lastShown ? duration : before.lastDuration,
      total: Math.max(before.total, this.end - this.#start),
    };
  }
}
