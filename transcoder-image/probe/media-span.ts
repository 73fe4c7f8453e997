/** Samples that follow each other in decoding order, alike in duration and offset. */
export interface SampleRun {
  /** When the first is decoded. */
  decodeTime: number;
  count: number;
  /** Of each, in decoding order. */
  duration: number;
  /** From when one is decoded to when it is shown. */
  offset: number;
}

/** What a track's tables of samples say of its media as a whole, in units of its timescale. */
export interface MediaSpan {
  /** When the frame that is shown first is shown. */
  firstShown: number;
  lastShown: number;
  /** What the table of durations has for the frame that is shown last. */
  lastDuration: number;
  /** The sum of all durations. */
  total: number;
}

/** The span of all runs, null where there are none. Pure. */
export function spanOf(runs: Iterable<SampleRun>): MediaSpan | null {
  const spans = new SpanSum();
  for (const run of runs) spans.add(run);
  return spans.span;
}

/** Adds runs up, one after the other. */
export class SpanSum {
  #start: number | undefined;
  #span: MediaSpan | null = null;
  /** When the next sample is decoded, unless something else is said. */
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
