/** Aborts its signal when it was not touched for some time. Stop it when the work is done. */
export class Watchdog {
  readonly #controller = new AbortController();
  readonly #onStall: () => Error;
  #timer: NodeJS.Timeout | undefined;

  constructor(limitMs: number, onStall: () => Error) {
    this.#onStall = onStall;
    this.touch(limitMs);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** There was progress: the limit starts again now. */
  touch(limitMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#controller.abort(this.#onStall()), limitMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
