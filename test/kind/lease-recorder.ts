import { setInterval } from "node:timers/promises";
import type { ChunkLease, Database } from "./database.ts";

/** Records the leases of all chunks of a file: the controller forgets them soon after the file has ended. */
export class LeaseRecorder implements AsyncDisposable {
  readonly #database: Database;
  readonly #fileId: string;
  readonly #leases = new Map<string, ChunkLease>();
  readonly #stop = new AbortController();
  readonly #ended: Promise<void>;

  constructor(database: Database, fileId: string) {
    this.#database = database;
    this.#fileId = fileId;
    this.#ended = this.#watch();
  }

  /** In the order of chunks. */
  all(): ChunkLease[] {
    return [...this.#leases.values()].toSorted((a, b) => a.chunk - b.chunk || a.lease - b.lease);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#ended;
  }

  async #watch(): Promise<void> {
    const { signal } = this.#stop;
    try {
      for await (const _ of setInterval(300, undefined, { signal })) {
        for (const row of await this.#database.chunkLeases(this.#fileId)) {
          this.#leases.set(`${row.chunk} ${row.lease}`, row);
        }
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }
}
