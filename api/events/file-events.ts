import { Gauge, type Registry } from "@prometheus-io/client";
import type pg from "pg";
import type { Logger } from "@transpod/runtime/logger.ts";
import type { Service } from "@transpod/runtime/process.ts";
import { getFileStatuses, getOwners } from "@transpod/store/files.ts";
import { listenForFiles } from "@transpod/store/notifications.ts";
import type { Forecast, ForecastRow } from "../forecast/forecast.ts";
import { findEnded, type Pass } from "../access/pass.ts";
import type { ListWatcher, Watcher } from "./watchers.ts";

export interface FileEventsDeps {
  pool: pg.Pool;
  forecast: Forecast;
  registry: Registry;
  log: Logger;
}

interface Watched extends Pass {
  fileId: string;
}

interface Watch extends Watched {
  watcher: Watcher;
  /** Its position in the queue changes when other files change. */
  pending: boolean;
}

interface ListReader extends Pass {
  /** Only the files that this key created; null for all. */
  owner: string | null;
}

interface ListWatch extends ListReader {
  watcher: ListWatcher;
}

const heartbeatMs = 15_000;
/** Changes within this time are read with one query. */
const batchMs = 200;
const retryMs = 1_000;
/** Changes of the queue within this time are told as one. */
const queueMs = 2_000;

/**
 * Shows files to their watchers. All watchers share one connection that listens, and one query at a time that reads
 * what changed; others read whose API key is revoked or whose session has ended, and end their watches.
 * Level-triggered: a notification only says which file to read, and all watched files are read again after a
 * reconnect and with every heartbeat.
 */
export class FileEvents {
  readonly #deps: FileEventsDeps;
  readonly #streams: Gauge;
  readonly #watches = new Set<Watch>();
  readonly #listWatches = new Set<ListWatch>();
  readonly #toRead = new Set<string>();
  /** Those of which the watchers of all files have not heard yet. */
  readonly #changed = new Set<string>();
  #reading: NodeJS.Timeout | undefined;
  #tellingQueue: NodeJS.Timeout | undefined;

  constructor(deps: FileEventsDeps) {
    this.#deps = deps;
    this.#streams = new Gauge({
      name: "transpod_event_streams",
      help: "Clients that watch files through an event stream.",
      registers: [deps.registry],
    });
  }

  /** How many watch. */
  get streams(): number {
    return this.#watches.size + this.#listWatches.size;
  }

  /** Begins to listen. `stop` ends this and every watch. */
  listen(databaseUrl: string, everyMs = heartbeatMs): Service {
    const listening = listenForFiles(databaseUrl, {
      onFile: (fileId) => {
        this.#change(fileId);
        this.#tellQueue();
        this.#read((watch) => watch.pending || watch.fileId === fileId);
      },
      onProgress: (fileId) => {
        this.#change(fileId);
        this.#read((watch) => watch.fileId === fileId);
      },
      onRevokedKey: () => this.#schedule(batchMs),
      onEndedSession: () => this.#schedule(batchMs),
      onConnect: () => {
        for (const { watcher } of this.#listWatches) watcher.onReady();
        this.#read(() => true);
      },
      onError: (err) => this.#deps.log.warn({ event: "listen_failed", err }),
    });
    const heartbeat = setInterval(() => this.#sendHeartbeat(), everyMs);
    return {
      stop: async () => {
        clearInterval(heartbeat);
        for (const { watcher } of this.#all()) watcher.onStop();
        this.#watches.clear();
        this.#listWatches.clear();
        this.#count();
        clearTimeout(this.#reading);
        clearTimeout(this.#tellingQueue);
        await listening.close();
      },
    };
  }

  /** Shows the file soon, and again after each change, until the returned function is called. */
  watch(watched: Watched, watcher: Watcher): () => void {
    const watch: Watch = { ...watched, watcher, pending: false };
    this.#watches.add(watch);
    this.#count();
    this.#read((other) => other === watch);
    return () => this.#remove(watch);
  }

  /** Shows every file that changes, until the returned function is called. */
  watchAll(reader: ListReader, watcher: ListWatcher): () => void {
    const watch: ListWatch = { ...reader, watcher };
    this.#listWatches.add(watch);
    this.#count();
    return () => this.#remove(watch);
  }

  *#all(): Iterable<Watch | ListWatch> {
    yield* this.#watches;
    yield* this.#listWatches;
  }

  #sendHeartbeat(): void {
    for (const { watcher } of this.#all()) watcher.onBeat();
    this.#read(() => true);
    // Their keys may be revoked, and their sessions may have ended.
    if (this.#listWatches.size > 0) this.#schedule(batchMs);
  }

  #change(fileId: string): void {
    if (this.#listWatches.size === 0) return;
    this.#changed.add(fileId);
    this.#schedule(batchMs);
  }

  /** Any file that changes may have entered or left the queue. */
  #tellQueue(): void {
    if (this.#listWatches.size === 0) return;
    this.#tellingQueue ??= setTimeout(() => {
      this.#tellingQueue = undefined;
      for (const { watcher } of this.#listWatches) watcher.onQueue();
    }, queueMs);
  }

  #read(wanted: (watch: Watch) => boolean): void {
    for (const watch of this.#watches) if (wanted(watch)) this.#toRead.add(watch.fileId);
    if (this.#toRead.size > 0) this.#schedule(batchMs);
  }

  #schedule(ms: number): void {
    this.#reading ??= setTimeout(() => void this.#readNow(), ms);
  }

  async #readNow(): Promise<void> {
    const toRead = [...this.#toRead];
    const changed = [...this.#changed];
    this.#toRead.clear();
    this.#changed.clear();
    let pauseMs = batchMs;
    try {
      const { pool, forecast } = this.#deps;
      const [statuses, owners, isEnded] = await Promise.all([
        getFileStatuses(pool, [...new Set([...toRead, ...changed])]),
        this.#ownersOf(changed),
        findEnded(pool, [...this.#all()]),
      ]);
      this.#end(isEnded);
      const shown = await forecast.addToAll(statuses);
      const rows = new Map(shown.map((row) => [row.file_id, row]));
      this.#show(toRead, rows);
      for (const fileId of changed) this.#showToAll(fileId, rows.get(fileId), owners.get(fileId));
    } catch (err) {
      this.#deps.log.warn({ event: "events_not_read", err });
      for (const fileId of toRead) this.#toRead.add(fileId);
      for (const fileId of changed) this.#changed.add(fileId);
      pauseMs = retryMs;
    }
    this.#reading = undefined;
    if (this.#toRead.size + this.#changed.size > 0) this.#schedule(pauseMs);
  }

  /** Which key created each file, if a watcher may see only its own. */
  async #ownersOf(fileIds: readonly string[]): Promise<ReadonlyMap<string, string | null>> {
    const isAsked =
      fileIds.length > 0 && [...this.#listWatches].some(({ owner }) => owner !== null);
    return isAsked ? await getOwners(this.#deps.pool, fileIds) : new Map<string, string | null>();
  }

  #end(isEnded: (pass: Pass) => boolean): void {
    for (const watch of this.#all()) {
      if (!isEnded(watch)) continue;
      this.#remove(watch);
      watch.watcher.onStop();
    }
  }

  #remove(watch: Watch | ListWatch): void {
    if ("fileId" in watch) this.#watches.delete(watch);
    else this.#listWatches.delete(watch);
    this.#count();
  }

  #count(): void {
    this.#streams.set(this.streams);
  }

  #show(fileIds: readonly string[], rows: ReadonlyMap<string, ForecastRow>): void {
    const read = new Set(fileIds);
    for (const watch of this.#watches) {
      if (!read.has(watch.fileId)) continue;
      const row = rows.get(watch.fileId);
      watch.pending = row?.state === "pending";
      watch.watcher.onFile(row);
    }
  }

  #showToAll(fileId: string, row: ForecastRow | undefined, createdBy?: string | null): void {
    for (const { owner, watcher } of this.#listWatches) {
      if (owner !== null && owner !== createdBy) continue;
      if (row === undefined) watcher.onDeleted(fileId);
      else watcher.onFile(row);
    }
  }
}
