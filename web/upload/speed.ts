/** Seconds over which a speed is measured. */
const windowMs = 5_000;

/** Bytes per second over the last seconds, from how many bytes there were when. */
export class Speed {
  #samples: { at: number; bytes: number }[] = [];

  /** null until there is enough to tell. `at` in milliseconds. */
  at(at: number, bytes: number): number | null {
    this.#samples = this.#samples.filter((sample) => at - sample.at < windowMs);
    // A part that is sent again makes it smaller.
    if (this.#samples.some((sample) => sample.bytes > bytes)) this.#samples = [];
    this.#samples.push({ at, bytes });
    const [first] = this.#samples;
    if (first === undefined || at - first.at < 500) return null;
    return ((bytes - first.bytes) / (at - first.at)) * 1000;
  }
}
