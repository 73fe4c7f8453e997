import { setImmediate } from "node:timers/promises";
import type pg from "pg";
import type { TimeRange } from "@transpod/contract/public-api.ts";
import type { Logger } from "@transpod/runtime/logger.ts";
import type { FileStatusRow } from "@transpod/store/files.ts";
import {
  getSlots,
  listPastWork,
  listRunningWork,
  listWaitingWork,
} from "@transpod/store/forecast.ts";
import { forecastQueue, type SecondsRange } from "./forecast-queue.ts";

/** When a file that waits is expected to start and to end. */
export interface Expected {
  start: TimeRange;
  end: TimeRange;
}

/** A file, and what is expected of it; null unless it waits and enough is known. */
export interface ForecastRow extends FileStatusRow {
  expected: Expected | null;
}

/** How many files of the queue are looked at. */
const maxFiles = 20_000;
const keptMs = 2_000;
/** After a forecast there is none for so many times the time that it took: they take at most a tenth of the time. */
const restFactor = 10;

/** By the file's id; undefined for a file that the queue did not have then. */
type Snapshot = ReadonlyMap<string, () => Expected | null>;

/**
 * What is expected of files that wait. When one is asked about, the queue is read and played through for all of them at
 * once: at most every two seconds, and sooner only for a file that has come since.
 */
export class Forecast {
  readonly #pool: pg.Pool;
  readonly #log: Logger;
  #last: Promise<Snapshot> | undefined;
  /** In milliseconds, as performance.now() gives them; infinite while one is made. */
  #staleAt = 0;
  #againAt = 0;

  constructor({ pool, log }: { pool: pg.Pool; log: Logger }) {
    this.#pool = pool;
    this.#log = log;
  }

  /** Not for use inside a transaction: it may need a connection of its own. */
  async addTo(row: FileStatusRow): Promise<ForecastRow> {
    const [added] = await this.addToAll([row]);
    return added!;
  }

  async addToAll<Row extends FileStatusRow>(rows: readonly Row[]): Promise<(Row & ForecastRow)[]> {
    const waiting = rows.filter(({ state }) => state === "pending");
    const snapshot = await this.#snapshotOf(waiting);
    return rows.map((row) => ({
      ...row,
      expected: (row.state === "pending" ? snapshot?.get(row.file_id)?.() : null) ?? null,
    }));
  }

  async #snapshotOf(files: readonly FileStatusRow[]): Promise<Snapshot | undefined> {
    if (files.length === 0) return undefined;
    if (performance.now() >= this.#staleAt) this.#make();
    const snapshot = await this.#last!;
    const isKnown = files.every(({ file_id }) => snapshot.has(file_id));
    if (isKnown) return snapshot;
    if (performance.now() >= this.#againAt) this.#make();
    return await this.#last;
  }

  #make(): void {
    const began = performance.now();
    this.#staleAt = this.#againAt = Infinity;
    this.#last = readForecast(this.#pool)
      .catch((err: unknown): Snapshot => {
        // The status is worth more than the forecast.
        this.#log.warn({ event: "forecast_failed", err });
        return new Map();
      })
      .finally(() => {
        const now = performance.now();
        this.#againAt = now + restFactor * (now - began);
        this.#staleAt = Math.max(this.#againAt, began + keptMs);
      });
  }
}

async function readForecast(pool: pg.Pool): Promise<Snapshot> {
  const [slots, past, running, waiting] = await Promise.all([
    getSlots(pool),
    listPastWork(pool),
    listRunningWork(pool),
    listWaitingWork(pool, maxFiles),
  ]);
  const now = Date.now();
  const turnAt = await finish(forecastQueue({ slots: slots ?? 0, past, running, waiting }));
  const expectedAt = (place: number): Expected | null => {
    const turn = turnAt(place);
    if (turn === undefined) return null;
    return { start: timesOf(turn.start, now), end: timesOf(turn.end, now) };
  };
  return new Map(waiting.map(({ file_id }, place) => [file_id, () => expectedAt(place)]));
}

/** Other requests are served between the steps. */
async function finish<Result>(steps: Generator<void, Result>): Promise<Result> {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
    await setImmediate();
  }
}

function timesOf({ earliest, latest }: SecondsRange, now: number): TimeRange {
  const at = (seconds: number) => new Date(now + seconds * 1000).toISOString();
  return { earliest: at(earliest), latest: at(latest) };
}
