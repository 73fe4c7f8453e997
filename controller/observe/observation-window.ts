const gapMs = 5_000;

/**
 * For how long this controller could receive workers' reports without a break. After an outage of the
 * database, a restart or a laptop's sleep, all workers seem to have been silent; only silence while we
 * could receive counts.
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

  /** Call it about once a second, each time the database has answered. */
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
