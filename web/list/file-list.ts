import { signal } from "@preact/signals";
import type { ListResponse } from "@transpod/contract/list-api.ts";
import type { FileStatus } from "@transpod/contract/public-api.ts";
import { request } from "../api.ts";
import { watchFiles } from "../events.ts";
import { noticeRefusal } from "../session.ts";
import { leaving } from "../delete-later.ts";
import { announceEnd } from "../shell/announce.ts";
import { applyChanges, writeFilter, type ListFilter } from "./list-filter.ts";
import { PageRequests } from "./page-requests.ts";
import { isWaiting, withPlaces } from "./queue-places.ts";

const pageSize = 100;

/** The rows that are loaded so far, kept current by the stream of changes. */
export class FileList {
  readonly rows = signal<readonly FileStatus[]>([]);
  readonly phase = signal<"loading" | "ready" | "more">("loading");
  readonly failure = signal<unknown>(null);
  readonly whole = signal(false);
  readonly #filter: ListFilter;
  readonly #requests = new PageRequests();
  #cursor: string | null = null;
  #changes = new Map<string, FileStatus>();
  #frame = 0;
  readonly #unwatch: () => void;
  readonly #ended = new AbortController();

  constructor(filter: ListFilter) {
    this.#filter = filter;
    this.#unwatch = watchFiles({
      onFile: (file) => this.#note(file),
      onDeleted: (fileId) => this.#drop(fileId),
      onReady: () => void this.load(),
      onQueue: () => void this.#askPlaces(),
    });
  }

  /** The first page, again when changes were missed. The rows stay until it is there. */
  async load(): Promise<void> {
    this.phase.value = "loading";
    await this.#ask(null, this.#requests.beginAnew());
  }

  /** The next page; does nothing when there is none or it is on its way. */
  async more(): Promise<void> {
    if (this.phase.value !== "ready" || this.#cursor === null || this.failure.value !== null)
      return;
    this.phase.value = "more";
    await this.#ask(this.#cursor, this.#requests.continue());
  }

  stop(): void {
    this.#unwatch();
    this.#ended.abort();
    cancelAnimationFrame(this.#frame);
  }

  async #ask(cursor: string | null, counts: () => boolean): Promise<void> {
    const { signal: abort } = this.#ended;
    try {
      const page = await this.#read(this.#filter, cursor);
      if (!counts()) return;
      const before = cursor === null ? [] : this.rows.value;
      const known = new Set(before.map(({ file_id }) => file_id));
      this.rows.value = [...before, ...page.files.filter(({ file_id }) => !known.has(file_id))];
      this.#cursor = page.next_cursor;
      this.whole.value = page.next_cursor === null;
      this.failure.value = null;
    } catch (error) {
      if (abort.aborted || !counts()) return;
      noticeRefusal(error);
      this.failure.value = error;
    }
    this.phase.value = "ready";
  }

  /** Those of the first files of the list that wait; a file that waits far below gets its place with its page. */
  async #askPlaces(): Promise<void> {
    if (!this.rows.value.some(isWaiting)) return;
    const counts = this.#requests.continue();
    try {
      const { files } = await this.#read({ ...this.#filter, states: ["pending"] }, null);
      if (counts()) this.rows.value = withPlaces(this.rows.value, files);
    } catch {
      // The next change of the queue asks again.
    }
  }

  async #read(filter: ListFilter, cursor: string | null): Promise<ListResponse> {
    const query = writeFilter(filter);
    query.set("limit", String(pageSize));
    if (cursor !== null) query.set("cursor", cursor);
    return await request("GET", `/upload?${query}`, { signal: this.#ended.signal });
  }

  /** Changes of many files within a frame are one change of the list. */
  #note(file: FileStatus): void {
    this.#changes.set(file.file_id, file);
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      const changes = this.#changes;
      this.#changes = new Map();
      for (const row of this.rows.value) announceEnd(row, changes.get(row.file_id));
      const context = { filter: this.#filter, whole: this.whole.value };
      this.rows.value = applyChanges(this.rows.value, changes, context);
    });
  }

  #drop(fileId: string): void {
    this.#changes.delete(fileId);
    this.rows.value = this.rows.value.filter(({ file_id }) => file_id !== fileId);
    leaving.value = new Set([...leaving.value].filter((id) => id !== fileId));
  }
}
