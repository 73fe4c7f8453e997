import { Gauge, type Registry } from "@prometheus-io/client";
import type pg from "pg";
import type { Logger } from "@transpod/runtime/logger.ts";
import type { Service } from "@transpod/runtime/process.ts";
import { getFileStatuses, type FileStatusRow } from "@transpod/store/files.ts";
import { listenForFiles } from "@transpod/store/notifications.ts";

export interface FileEventsDeps {
  pool: pg.Pool;
  registry: Registry;
  log: Logger;
}

/** A subscriber to a file's changes. */
export interface Watcher {
  /** The current state of the file, which may be unchanged; undefined when it was deleted. */
  onFile(row: FileStatusRow | undefined): void;
  /** Called regularly, to detect dead connections. */
  onBeat(): void;
  /** No more events will follow. */
  onStop(): void;
}

interface Watch {
  fileId: string;
  watcher: Watcher;
  /** Its position in the queue changes when other files change. */
  pending: boolean;
}

const heartbeatMs = 15_000;
/** Changes within this time are read with one query. */
const batchMs = 200;
const retryMs = 1_000;

/**
 * Shows files to their watchers. All watchers share one connection that listens, and one query at a
 * time that reads what changed. Level-triggered: a notification only says which file to read, and all
 * watched files are read again after a reconnect and with every heartbeat.
 */
export class FileEvents {
  readonly #deps: FileEventsDeps;
  readonly #streams: Gauge;
  readonly #watches = new Set<Watch>();
  readonly #toRead = new Set<string>();
  #reading: NodeJS.Timeout | undefined;

  constructor(deps: FileEventsDeps) {
    this.#deps = deps;
    this.#streams = new Gauge({
      name: "transpod_event_streams",
      help: "Clients that watch a file through its event stream.",
      registers: [deps.registry],
    });
  }

  /** Begins to listen. `stop` ends this and every watch. */
  listen(databaseUrl: string, everyMs = heartbeatMs): Service {
    const listening = listenForFiles(databaseUrl, {
      onFile: (fileId) => this.#read((watch) => watch.pending || watch.fileId === fileId),
      onProgress: (fileId) => this.#read((watch) => watch.fileId === fileId),
      onConnect: () => this.#read(() => true),
      onError: (err) => this.#deps.log.warn({ event: "listen_failed", err }),
    });
    const heartbeat = setInterval(() => this.#sendHeartbeat(), everyMs);
    return {
      stop: async () => {
        clearInterval(heartbeat);
        for (const { watcher } of this.#watches) watcher.onStop();
        this.#watches.clear();
        this.#streams.set(0);
        clearTimeout(this.#reading);
        await listening.close();
      },
    };
  }

  /** Shows the file soon, and again after each change, until the returned function is called. */
  watch(fileId: string, watcher: Watcher): () => void {
    const watch: Watch = { fileId, watcher, pending: false };
    this.#watches.add(watch);
    this.#streams.set(this.#watches.size);
    this.#read((other) => other === watch);
    return () => {
      this.#watches.delete(watch);
      this.#streams.set(this.#watches.size);
    };
  }

  #sendHeartbeat(): void {
    for (const { watcher } of this.#watches) watcher.onBeat();
    this.#read(() => true);
  }

  #read(wanted: (watch: Watch) => boolean): void {
    for (const watch of this.#watches) if (wanted(watch)) this.#toRead.add(watch.fileId);
    this.#schedule(batchMs);
  }

  #schedule(ms: number): void {
    if (this.#toRead.size === 0 || this.#reading !== undefined) return;
    this.#reading = setTimeout(() => void this.#readNow(), ms);
  }

  async #readNow(): Promise<void> {
    const fileIds = [...this.#toRead];
    this.#toRead.clear();
    let pauseMs = batchMs;
    try {
      const rows = await getFileStatuses(this.#deps.pool, fileIds);
      this.#show(fileIds, new Map(rows.map((row) => [row.file_id, row])));
    } catch (err) {
      this.#deps.log.warn({ event: "events_not_read", err });
      for (const fileId of fileIds) this.#toRead.add(fileId);
      pauseMs = retryMs;
    }
    this.#reading = undefined;
    if (this.#watches.size > 0) this.#schedule(pauseMs);
  }

  #show(fileIds: readonly string[], rows: ReadonlyMap<string, FileStatusRow>): void {
    const read = new Set(fileIds);
    for (const watch of this.#watches) {
      if (!read.has(watch.fileId)) continue;
      const row = rows.get(watch.fileId);
      watch.pending = row?.state === "pending";
      watch.watcher.onFile(row);
    }
  }
}
