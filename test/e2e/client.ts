import { createWriteStream, openAsBlob } from "node:fs";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { pipeline } from "node:stream/promises";
import { setTimeout as delay } from "node:timers/promises";
import {
  downloadResponse,
  fileStatus,
  problem,
  uploadResponse,
  type FileStatus,
} from "@transpod/contract/public-api.ts";
import { isTerminal } from "@transpod/contract/states.ts";
import { TranspodError } from "@transpod/contract/errors.ts";
import type { TranscodeSettings } from "@transpod/contract/transcode-settings.ts";
import type { z } from "zod";

const pollMs = 500;

/** Speaks the public API as any client would. Every answer is held against its schema. */
export class TranspodClient {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url.replace(/\/+$/, "");
  }

  /** Asks for a URL, declares the size, and sends the file there. Resolves with the file's id. */
  async upload(path: string, settings: Partial<TranscodeSettings> = {}): Promise<string> {
    const { size } = await stat(path);
    const answer = await this.#call(uploadResponse, "/upload", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ file_name: basename(path), size_bytes: size, settings }),
    });
    const headers = new Headers(answer.upload_headers);
    headers.delete("content-length"); // fetch says it itself, from the blob
    const body = await openAsBlob(path);
    const put = await fetch(answer.upload_url, { method: "PUT", headers, body });
    if (!put.ok) throw new TranspodError("upload_refused", `S3 refused the upload: ${put.status}.`);
    return answer.file_id;
  }

  async status(fileId: string): Promise<FileStatus> {
    return await this.#call(fileStatus, `/upload/${fileId}/status`);
  }

  /** Asks again and again until the file is completed, failed or cancelled. */
  async watch(
    fileId: string,
    onStatus: (status: FileStatus) => void,
    signal?: AbortSignal,
  ): Promise<FileStatus> {
    for (;;) {
      const status = await this.status(fileId);
      onStatus(status);
      if (isTerminal(status.processing_status)) return status;
      signal?.throwIfAborted();
      await delay(pollMs);
    }
  }

  async download(fileId: string, which: "original" | "processed", path: string): Promise<void> {
    const { download_url } = await this.#call(
      downloadResponse,
      `/upload/${fileId}/download/${which}`,
    );
    const response = await fetch(download_url);
    if (!response.ok || response.body === null) {
      throw new TranspodError("download_refused", `S3 refused the download: ${response.status}.`);
    }
    await pipeline(response.body, createWriteStream(path));
  }

  async #call<T extends z.ZodType>(
    schema: T,
    path: string,
    init: RequestInit = {},
  ): Promise<z.infer<T>> {
    const url = `${this.#url}${path}`;
    const response = await fetch(url, init).catch((cause: unknown) => {
      throw new TranspodError("unreachable", `No Transpod answers at ${this.#url}.`, { cause });
    });
    const body: unknown = await response.json();
    if (response.ok) return schema.parse(body);
    const { code, detail } = problem.parse(body);
    throw new TranspodError(code, detail);
  }
}
