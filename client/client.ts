import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { z } from "zod";
import type { FileEvent } from "@transpod/contract/events-api.ts";
import { explanation, type Explanation } from "@transpod/contract/explain-api.ts";
import {
  listResponse,
  type FileSort,
  type ListResponse,
  type SortOrder,
} from "@transpod/contract/list-api.ts";
import {
  downloadResponse,
  fileStatus,
  uploadResponse,
  type FileStatus,
  type UploadResponse,
} from "@transpod/contract/public-api.ts";
import { TranspodError } from "@transpod/contract/errors.ts";
import type { FileState } from "@transpod/contract/states.ts";
import type { TranscodeSettings } from "@transpod/contract/transcode-settings.ts";
import { call, post, type CallOptions, type Server } from "./call.ts";
import { fetchRest, isThere, partialPath, publish, type DownloadOptions } from "./download.ts";
import { withRetries } from "./retry.ts";
import { sendInParts, sendWhole, type SendOptions } from "./upload.ts";
import { watchAllFiles, type ListEvent } from "./watch-all.ts";
import { watchFile } from "./watch.ts";

/** From this size on AWS recommends parts. */
export const largeBytes = 100e6;

export interface AnnounceOptions {
  /** The default is true for a large file. */
  inParts?: boolean;
  priority?: number;
  /** The default is the server's. */
  deleteOriginal?: boolean;
  signal?: AbortSignal | undefined;
}

export interface ListFilter {
  status?: readonly FileState[] | undefined;
  search?: string | undefined;
  sort?: FileSort | undefined;
  order?: SortOrder | undefined;
}

/**
 * A client of the public API. Every answer is checked against its schema. Errors are TranspodErrors with the
 * API's code and sentence. Requests that fail for now are tried again.
 */
export class TranspodClient {
  readonly #server: Server;

  /** `apiKey` is undefined for a Transpod that needs no key. */
  constructor(url: string, apiKey?: string, { retries = 4 } = {}) {
    this.#server = { url: url.replace(/\/+$/, ""), apiKey, retries };
  }

  /** Announces the file with its size and sends it, in parts if it is large. Resolves with its id. */
  async upload(path: string, settings: Partial<TranscodeSettings> = {}): Promise<string> {
    const { file_id, upload_url } = await this.announce(path, settings);
    await this.send(file_id, path, { inParts: upload_url === null });
    return file_id;
  }

  async announce(
    path: string,
    settings: Partial<TranscodeSettings> = {},
    { inParts, priority, deleteOriginal, signal }: AnnounceOptions = {},
  ): Promise<UploadResponse> {
    const { size } = await stat(path);
    const announcement = {
      file_name: basename(path),
      size_bytes: size,
      multipart: inParts ?? size > largeBytes,
      settings,
      ...(priority !== undefined && { priority }),
      ...(deleteOriginal !== undefined && { delete_original: deleteOriginal }),
    };
    const init = post(announcement);
    return await this.#call(uploadResponse, "/upload", { init, repeatable: false, signal });
  }

  /** Sends a file that was announced, or what S3 does not have of it yet. */
  async send(
    fileId: string,
    path: string,
    { inParts, ...options }: SendOptions & { inParts: boolean },
  ): Promise<void> {
    const sending = (inParts ? sendInParts : sendWhole)(this.#server, fileId, path, options);
    await sending.catch((error: unknown) => {
      // An earlier try sent it, and the answer to that was lost.
      const done = error instanceof TranspodError && error.code === "already_uploaded";
      if (!done) throw error;
    });
  }

  async status(fileId: string, signal?: AbortSignal): Promise<FileStatus> {
    return await this.#call(fileStatus, `/upload/${fileId}/status`, { signal });
  }

  /** What happened to the file and why, and what comes next. */
  async explain(fileId: string, signal?: AbortSignal): Promise<Explanation> {
    return await this.#call(explanation, `/upload/${fileId}/explain`, { signal });
  }

  async listPage(
    filter: ListFilter,
    page: { limit?: number; cursor?: string | undefined },
    signal?: AbortSignal,
  ): Promise<ListResponse> {
    const query = new URLSearchParams();
    for (const state of filter.status ?? []) query.append("status", state);
    const { search, sort, order } = filter;
    for (const [name, value] of Object.entries({ search, sort, order, ...page })) {
      if (value !== undefined) query.set(name, String(value));
    }
    return await this.#call(listResponse, `/upload?${query.toString()}`, { signal });
  }

  /** All files of all pages, read as they are needed. */
  async *list(filter: ListFilter = {}, signal?: AbortSignal): AsyncGenerator<FileStatus> {
    let cursor: string | undefined;
    do {
      const page = await this.listPage(filter, { limit: 100, cursor }, signal);
      yield* page.files;
      cursor = page.next_cursor ?? undefined;
    } while (cursor !== undefined);
  }

  /** Waits until the file is completed, failed or cancelled. */
  async watch(
    fileId: string,
    onEvent: (event: FileEvent) => void,
    signal?: AbortSignal,
  ): Promise<FileStatus> {
    const status = async () => await this.status(fileId, signal);
    return await watchFile(fileId, { server: this.#server, status, onEvent, signal });
  }

  /** Every file that changes; see watchAllFiles. */
  watchAll(signal?: AbortSignal): AsyncGenerator<ListEvent> {
    return watchAllFiles(this.#server, signal);
  }

  async cancel(fileId: string, signal?: AbortSignal): Promise<FileStatus> {
    return await this.#call(fileStatus, `/upload/${fileId}/cancel`, { init: post(), signal });
  }

  /** Without settings the earlier ones stay. */
  async retry(fileId: string, settings?: Partial<TranscodeSettings>): Promise<FileStatus> {
    const init = post(settings === undefined ? {} : { settings });
    return await this.#call(fileStatus, `/upload/${fileId}/retry`, { init, repeatable: false });
  }

  async delete(fileId: string): Promise<void> {
    await this.#call(z.null(), `/upload/${fileId}`, { init: { method: "DELETE" } });
  }

  /**
   * Downloads the original or the result, whose SHA-256 is checked. A download that broke off is resumed, also by a
   * later call. Throws `output_exists` when another file has the name, unless it may be overwritten.
   */
  async download(
    fileId: string,
    which: "original" | "processed",
    path: string,
    options: DownloadOptions = {},
  ): Promise<void> {
    const { signal, overwrite = false } = options;
    const sha256 = which === "processed" ? (await this.status(fileId, signal)).sha256 : null;
    if (!overwrite && (await isThere(path, sha256))) return;
    const partial = partialPath(path, `${fileId}-${which}`);
    await withRetries(
      async () => {
        const where = `/upload/${fileId}/download/${which}`;
        const { download_url } = await this.#call(downloadResponse, where, { signal });
        await fetchRest(download_url, partial, options);
      },
      { retries: this.#server.retries, signal },
    );
    await publish(partial, path, sha256);
  }

  async #call<T extends z.ZodType>(schema: T, path: string, options: CallOptions) {
    return await call(this.#server, schema, path, options);
  }
}
