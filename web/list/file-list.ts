import { signal } from "@preact/signals";
import type { ListResponse } from "@transpod/contract/list-api.ts";
import type { FileStatus } from "@transpod/contract/public-api.ts";
import { request } from "../api.ts";
import { watchFiles } from "../events.ts";
import { noticeRefusal } from "../session.ts";
import { leaving } from "../delete-later.ts";
import { announceEnd } from "../shell/announce.ts";
import { applyChanges, writeFilter, type ListFilter } from "./list-filter.ts";

const pageSize = 100;

/** The rows that are loaded so far, kept current by the stream of changes. */
export class FileList {
  readonly rows = signal<readonly FileStatus[]>([]);
  readonly phase = signal<"loading" | "ready" | "more">("loading");
  readonly failure = signal<unknown>(null);
  readonly whole = signal(false);
  readonly #filter: ListFilter;
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
    });
  }

  /** The first page, again when changes were missed. The rows stay until it is there. */
  async load(): Promise<void> {
    await this.#ask(null);
  }

  /** The next page; does nothing when there is none or it is on its way. */
  async more(): Promise<void> {
    if (this.phase.value !== "ready" || this.#cursor === null || this.failure.value !== null)
      return;
    this.phase.value = "more";
    await this.#ask(this.#cursor);
  }

  stop(): void {
    this.#unwatch();
    this.#ended.abort();
    cancelAnimationFrame(this.#frame);
  }

  async #ask(cursor: string | null): Promise<void> {
    const query = writeFilter(this.#filter);
    query.set("limit", String(pageSize));
    if (cursor !== null) query.set("cursor", cursor);
    const { signal: abort } = this.#ended;
    try {
      const page = await request<ListResponse>("GET", `/upload?${query}`, { signal: abort });
      const before = cursor === null ? [] : this.rows.value;
      const known = new Set(before.map(({ file_id }) => file_id));
      this.rows.value = [...before, ...page.files.filter(({ file_id }) => !known.has(file_id))];
      this.#cursor = page.next_cursor;
      this.whole.value = page.next_cursor === null;
      this.failure.value = null;
    } catch (error) {
      if (abort.aborted) return;
      noticeRefusal(error);
      this.failure.value = error;
    }
    this.phase.value = "ready";
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
