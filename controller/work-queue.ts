import pLimit from "p-limit";

export interface WorkQueueOptions {
  /** Looks at the world as it is when it runs, and does what is needed for this key. */
  handle: (key: string) => Promise<void>;
  concurrency: number;
  onError: (key: string, error: unknown) => void;
  retryMs?: { initial: number; max: number };
}

/**
 * Level-triggered work by key, as in client-go's workqueue: a key is handled by one at a time; added
 * ten times while it waits, it is handled once; when it is added while it is handled, it is handled
 * once more. A key whose handling throws comes back with backoff.
 */
export class WorkQueue {
  readonly #options: Required<WorkQueueOptions>;
  readonly #limit: ReturnType<typeof pLimit>;
  readonly #waiting = new Set<string>();
  readonly #running = new Map<string, Promise<void>>();
  readonly #again = new Set<string>();
  readonly #failures = new Map<string, number>();
  readonly #later = new Map<string, NodeJS.Timeout>();
  #closed = false;

  constructor(options: WorkQueueOptions) {
    this.#options = { retryMs: { initial: 200, max: 30_000 }, ...options };
    this.#limit = pLimit(options.concurrency);
  }

  add(key: string): void {
    // A key that failed waits out its delay, however often it is added.
    if (this.#closed || this.#waiting.has(key) || this.#later.has(key)) return;
    if (this.#running.has(key)) {
      this.#again.add(key);
      return;
    }
    this.#waiting.add(key);
    void this.#limit(() => this.#start(key));
  }

  /** Takes no more keys and resolves when the last handling has ended. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#limit.clearQueue();
    for (const timer of this.#later.values()) clearTimeout(timer);
    await Promise.all(this.#running.values());
  }

  async #start(key: string): Promise<void> {
    this.#waiting.delete(key);
    const run = this.#run(key);
    this.#running.set(key, run);
    await run;
    this.#running.delete(key);
    if (this.#again.delete(key)) this.add(key);
  }

  async #run(key: string): Promise<void> {
    try {
      await this.#options.handle(key);
      this.#failures.delete(key);
    } catch (error) {
      this.#options.onError(key, error);
      this.#addLater(key);
    }
  }

  #addLater(key: string): void {
    if (this.#closed) return;
    const failures = this.#failures.get(key) ?? 0;
    this.#failures.set(key, failures + 1);
    const { initial, max } = this.#options.retryMs;
    const timer = setTimeout(
      () => {
        this.#later.delete(key);
        this.add(key);
      },
      Math.min(max, initial * 2 ** failures),
    );
    this.#later.set(key, timer);
  }
}
