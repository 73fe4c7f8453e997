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

/** Somebody who wants to see a file. */
export interface Watcher {
  /** The file as it is now, which may be as before; undefined when it was deleted. */
  onFile(row: FileStatusRow | undefined): void;
  /** Now and then, so that a connection that nobody holds any more is noticed. */
  onBeat(): void;
  /** There is nothing more to come. */
  onStop(): void;
}

interface Watched {
  fileId: string;
  /** The API key of the request; null when the API asks for none. */
  keyId: string | null;
}

interface Watch extends Watched {
  watcher: Watcher;
  /** Its position in the queue changes by what happens to others. */
  pending: boolean;
}

const beatMs = 15_000;
/** What is told within this time is read together. */
const gatherMs = 200;
const retryMs = 1_000;

/**
 * Shows files to whoever watches them. All watchers share one connection that listens, and one query
 * at a time that reads what changed; another one checks the watchers' API keys, and ends the watches of
 * revoked ones. Level-triggered: what is told only says where to look, and everything is looked at again
 * after a reconnect and with every beat.
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

  /** Begins to listen. `stop` ends that, and every watch. */
  listen(databaseUrl: string, everyMs = beatMs): Service {
    const listening = listenForFiles(databaseUrl, {
      onFile: (fileId) => this.#read((watch) => watch.pending || watch.fileId === fileId),
      onProgress: (fileId) => this.#read((watch) => watch.fileId === fileId),
      onRevokedKey: (keyId) => this.#read((watch) => watch.keyId === keyId),
      onConnect: () => this.#read(() => true),
      onError: (err) => this.#deps.log.warn({ event: "listen_failed", err }),
    });
    const beat = setInterval(() => this.#beat(), everyMs);
    return {
      stop: async () => {
        clearInterval(beat);
        for (const { watcher } of this.#watches) watcher.onStop();
        this.#watches.clear();
        this.#streams.set(0);
        clearTimeout(this.#reading);
        await listening.close();
      },
    };
  }

  /** Shows the file soon, and again whenever it changes, until the function that it returns is called. */
  watch(watched: Watched, watcher: Watcher): () => void {
    const watch: Watch = { ...watched, watcher, pending: false };
    this.#watches.add(watch);
    this.#streams.set(this.#watches.size);
    this.#read((other) => other === watch);
    return () => this.#remove(watch);
  }

  #beat(): void {
    for (const { watcher } of this.#watches) watcher.onBeat();
    this.#read(() => true);
  }

  #read(wanted: (watch: Watch) => boolean): void {
    for (const watch of this.#watches) if (wanted(watch)) this.#toRead.add(watch.fileId);
    this.#schedule(gatherMs);
  }

  #schedule(ms: number): void {
    if (this.#toRead.size === 0 || this.#reading !== undefined) return;
    this.#reading = setTimeout(() => void this.#readNow(), ms);
  }

  async #readNow(): Promise<void> {
    const fileIds = [...this.#toRead];
    this.#toRead.clear();
    let pauseMs = gatherMs;
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
