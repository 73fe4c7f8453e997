/** When each slot is free, in seconds: a binary heap. */
export class SlotTimes {
  readonly #times: Float64Array;

  constructor(slots: number) {
    this.#times = new Float64Array(slots);
  }

  /** When a slot is free next. */
  next(): number {
    return this.#times[0]!;
  }

  /** Gives the slot that is free next to a file, until then. */
  occupyUntil(time: number): void {
    const times = this.#times;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child + 1 < times.length && times[child + 1]! < times[child]!) child += 1;
      if (child >= times.length || times[child]! >= time) break;
      times[at] = times[child]!;
      at = child;
    }
    times[at] = time;
  }
}
