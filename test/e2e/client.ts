import { createWriteStream, openAsBlob } from "node:fs";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { pipeline } from "node:stream/promises";
import { setTimeout as delay } from "node:timers/promises";
import { multipartUpload, uploadPartsResponse } from "@transpod/contract/multipart-api.ts";
import {
  downloadResponse,
  fileStatus,
  problem,
  uploadResponse,
  type FileStatus,
  type UploadResponse,
} from "@transpod/contract/public-api.ts";
import { isTerminal } from "@transpod/contract/states.ts";
import { TranspodError } from "@transpod/contract/errors.ts";
import type { TranscodeSettings } from "@transpod/contract/transcode-settings.ts";
import type { z } from "zod";
import { sendParts } from "./send-parts.ts";

const pollMs = 500;
/** From this size on AWS recommends parts. */
const largeBytes = 100e6;

function post(body: unknown): RequestInit {
  const headers = { "content-type": "application/json" };
  return { method: "POST", headers, body: JSON.stringify(body) };
}

/** A client of the public API. Every answer is checked against its schema. */
export class TranspodClient {
  readonly #url: string;
  readonly #apiKey: string | undefined;

  /** Undefined for a Transpod that needs no key. */
  constructor(url: string, apiKey?: string) {
    this.#url = url.replace(/\/+$/, "");
    this.#apiKey = apiKey;
  }

  /** Announces the file with its size and sends it, in parts if it is large. Resolves with its id. */
  async upload(path: string, settings: Partial<TranscodeSettings> = {}): Promise<string> {
    const { file_id, upload_url, upload_headers } = await this.announce(path, settings);
    if (upload_url === null) {
      await this.uploadParts(file_id, path);
      return file_id;
    }
    const headers = new Headers(upload_headers);
    headers.delete("content-length"); // fetch sets it from the blob
    const body = await openAsBlob(path);
    const put = await fetch(upload_url, { method: "PUT", headers, body });
    if (!put.ok) throw new TranspodError("upload_refused", `S3 refused the upload: ${put.status}.`);
    return file_id;
  }

  async announce(
    path: string,
    settings: Partial<TranscodeSettings> = {},
    { inParts = false } = {},
  ): Promise<UploadResponse> {
    const { size } = await stat(path);
    const multipart = inParts || size > largeBytes;
    const announcement = { file_name: basename(path), size_bytes: size, multipart, settings };
    return await this.#call(uploadResponse, "/upload", post(announcement));
  }

  /** Begins or resumes an upload in parts, and completes it. */
  async uploadParts(
    fileId: string,
    path: string,
    onPart?: (partNumber: number) => void,
  ): Promise<void> {
    const multipart = `/upload/${fileId}/multipart`;
    const upload = await this.#call(multipartUpload, multipart, { method: "POST" });
    const sign = async (part_numbers: number[]) =>
      (await this.#call(uploadPartsResponse, `${multipart}/parts`, post({ part_numbers }))).parts;
    await sendParts(path, upload, sign, onPart);
    await this.#call(fileStatus, `${multipart}/complete`, { method: "POST" });
  }

  async status(fileId: string): Promise<FileStatus> {
    return await this.#call(fileStatus, `/upload/${fileId}/status`);
  }

  /** Polls until the file is completed, failed or cancelled. */
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
    const headers = new Headers(init.headers);
    if (this.#apiKey !== undefined) headers.set("authorization", `Bearer ${this.#apiKey}`);
    const response = await fetch(url, { ...init, headers }).catch((cause: unknown) => {
      throw new TranspodError("unreachable", `No Transpod answers at ${this.#url}.`, { cause });
    });
    const body: unknown = await response.json();
    if (response.ok) return schema.parse(body);
    const { code, detail } = problem.parse(body);
    throw new TranspodError(code, detail);
  }
}
