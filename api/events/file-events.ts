import { Gauge, type Registry } from "@prometheus-io/client";
import type pg from "pg";
import type { Logger } from "@transpod/runtime/logger.ts";
import type { Service } from "@transpod/runtime/process.ts";
import { findRevokedKeys } from "@transpod/store/api-keys.ts";
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

interface Watched {
  fileId: string;
  /** The API key of the request; null when the API asks for none. */
  keyId: string | null;
}

interface Watch extends Watched {
  watcher: Watcher;
  /** Its position in the queue changes when other files change. */
  pending: boolean;
}

const heartbeatMs = 15_000;
/** Changes within this time are read with one query. */
const batchMs = 200;
const retryMs = 1_000;

/**
 * Shows files to their watchers. All watchers share one connection that listens, and one query at a time that reads
 * what changed; another query reads which of the watchers' API keys are revoked, and ends their watches.
 * Level-triggered: a notification only says which file to read, and all watched files are read again after a
 * reconnect and with every heartbeat.
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
      onRevokedKey: (keyId) => this.#read((watch) => watch.keyId === keyId),
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
  watch(watched: Watched, watcher: Watcher): () => void {
    const watch: Watch = { ...watched, watcher, pending: false };
    this.#watches.add(watch);
    this.#streams.set(this.#watches.size);
    this.#read((other) => other === watch);
    return () => this.#remove(watch);
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
      const [rows, revoked] = await Promise.all([
        getFileStatuses(this.#deps.pool, fileIds),
        this.#revokedKeys(),
      ]);
      this.#end(revoked);
      this.#show(fileIds, new Map(rows.map((row) => [row.file_id, row])));
    } catch (err) {
      this.#deps.log.warn({ event: "events_not_read", err });
      for (const fileId of fileIds) this.#toRead.add(fileId);
      pauseMs = retryMs;
    }
    this.#reading = undefined;
    if (this.#watches.size > 0) this.#schedule(pauseMs);
  }

  /** Which keys of the present watchers are revoked. */
  async #revokedKeys(): Promise<string[]> {
    const keyIds = new Set([...this.#watches].flatMap(({ keyId }) => keyId ?? []));
    return keyIds.size === 0 ? [] : await findRevokedKeys(this.#deps.pool, [...keyIds]);
  }

  #end(revoked: readonly string[]): void {
    for (const watch of this.#watches) {
      if (watch.keyId === null || !revoked.includes(watch.keyId)) continue;
      this.#remove(watch);
      watch.watcher.onStop();
    }
  }

  #remove(watch: Watch): void {
    this.#watches.delete(watch);
    this.#streams.set(this.#watches.size);
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
