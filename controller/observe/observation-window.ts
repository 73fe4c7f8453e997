const gapMs = 5_000;

/**
 * For how long this controller could have heard its workers without a break. After an outage of the
 * database, a restart or a laptop's sleep, every worker seems to have been silent; only silence while
 * somebody listened counts.
 */
export class ObservationWindow {
  readonly #now: () => number;
  #since: number;
  #lastTick: number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
    this.#since = now();
    this.#lastTick = this.#since;
  }

  /** To be called about once a second, whenever the database has just answered. */
  tick(): void {
    const now = this.#now();
    if (now - this.#lastTick > gapMs) this.#since = now;
    this.#lastTick = now;
  }

  seconds(): number {
    const now = this.#now();
    return now - this.#lastTick > gapMs ? 0 : (now - this.#since) / 1_000;
  }
}
