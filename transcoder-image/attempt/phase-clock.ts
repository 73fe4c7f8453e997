import type { Phase, PhaseTimes } from "@transpod/contract/work-protocol.ts";

/** Measures how long each phase takes, also a phase that fails. */
export class PhaseClock {
  readonly times: PhaseTimes = {};
  readonly #onEnter: (phase: Phase) => void;

  constructor(onEnter: (phase: Phase) => void) {
    this.#onEnter = onEnter;
  }

  async run<T>(phase: Phase, work: () => Promise<T>): Promise<T> {
    const start = performance.now();
    this.#onEnter(phase);
    try {
      return await work();
    } finally {
      this.times[phase] = Math.round(performance.now() - start);
    }
  }
}
