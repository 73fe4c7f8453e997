import { setTimeout as delay } from "node:timers/promises";
import { pick } from "./random.ts";
import type { World } from "./world.ts";

export interface ChaosOptions {
  /** Between two kills, on average. */
  everySeconds: number;
  random: () => number;
}

/** Each occurs as often as it is chosen. */
const victims = [
  ...["controller", "controller", "controller", "api", "api"],
  ...["workers", "workers", "workers", "postgres"],
] as const;

/** Kills one process after the other by SIGKILL and starts it again, until stopped. */
export class Chaos {
  workersKilled = 0;
  readonly #world: World;
  readonly #options: ChaosOptions;
  readonly #stopping = new AbortController();
  readonly #working: Promise<void>;

  constructor(world: World, options: ChaosOptions) {
    this.#world = world;
    this.#options = options;
    this.#working = this.#work();
  }

  /** Resolves when everything that was killed is up again. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#working;
  }

  async #work(): Promise<void> {
    const { everySeconds, random } = this.#options;
    const { signal } = this.#stopping;
    const kills: Promise<unknown>[] = [];
    for (;;) {
      const pause = everySeconds * 1_000 * (0.5 + random());
      await delay(pause, undefined, { signal }).catch(() => {});
      if (signal.aborted) break;
      // The next one may be killed while this one is still down.
      kills.push(this.#kill(pick(random, victims), random() * 2_000));
    }
    await Promise.all(kills);
  }

  async #kill(victim: (typeof victims)[number], awayMs: number): Promise<void> {
    if (victim !== "workers") {
      await this.#world[victim].kill(awayMs);
      return;
    }
    const workers = 1 + Math.floor(this.#options.random() * 5);
    for (let n = 0; n < workers; n += 1) {
      if (await this.#world.killWorker()) this.workersKilled += 1;
    }
  }
}
