import { signal } from "@preact/signals";
import type { TranscodeSettings } from "@transpod/contract/transcode-settings.ts";
import { ApiError, request } from "../api.ts";
import { session } from "../session.ts";
import { announce } from "../shell/announce.ts";
import { explain } from "../shell/explain.ts";
import { words } from "../words.ts";
import { backoffMs } from "../backoff.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { lookInto, RefusedError, type Look } from "./look.ts";
import { StorageError } from "./put.ts";
import { send } from "./send.ts";
import { Speed } from "./speed.ts";
import { forget, isSameFile, remember, type Unfinished } from "./unfinished.ts";

export type Phase =
  | "looking"
  | "refused"
  | "waiting"
  | "sending"
  | "retrying"
  | "offline"
  | "paused"
  | "failed"
  /** Begun before a reload: the browser must be given the file again. */
  | "lost"
  | "done";

/** Without any progress between them. */
const maxTries = 8;
let uploads = 0;

/** One file on its way to S3. */
export class Upload {
  readonly id = (uploads += 1);
  readonly name: string;
  readonly sizeBytes: number;
  readonly lastModified: number;
  readonly phase = signal<Phase>("looking");
  readonly look = signal<Look | null>(null);
  readonly sentBytes = signal(0);
  /** Bytes per second; null while it is not known. */
  readonly speed = signal<number | null>(null);
  /** A sentence, when it was refused or failed. */
  readonly problem = signal<string | null>(null);
  readonly #speed = new Speed();
  readonly #settings: Partial<TranscodeSettings>;
  #fingerprint: string | undefined;
  #file: File | null;
  #fileId: string | null;
  #running = new AbortController();

  constructor(from: File | Unfinished, settings: Partial<TranscodeSettings> = {}) {
    const isFile = from instanceof File;
    this.#settings = isFile ? settings : from.settings;
    this.#fingerprint = isFile ? undefined : from.fingerprint;
    this.name = from.name;
    this.sizeBytes = isFile ? from.size : from.sizeBytes;
    this.lastModified = from.lastModified;
    this.#file = isFile ? from : null;
    this.#fileId = isFile ? null : from.fileId;
    if (!isFile) this.phase.value = "lost";
  }

  get fileId(): string | null {
    return this.#fileId;
  }

  /** Whether this is the file that a lost upload needs; then it has it. */
  async takes(file: File): Promise<boolean> {
    if (this.phase.value !== "lost" || file.size !== this.sizeBytes) return false;
    const fingerprint = await fingerprintOf(file).catch(() => undefined);
    const { name, sizeBytes, lastModified } = this;
    const begun = { name, sizeBytes, lastModified, fingerprint: this.#fingerprint };
    // Meanwhile it may have got its file.
    if (this.phase.value !== "lost" || !isSameFile(begun, file, fingerprint)) return false;
    this.#file = file;
    this.phase.value = "looking";
    return true;
  }

  /** Ends in `waiting` or `refused`. */
  async lookInto(): Promise<void> {
    if (this.#file === null) return;
    this.phase.value = "looking";
    try {
      this.look.value = await lookInto(this.#file, session.value?.max_upload_bytes ?? Infinity);
      this.#fingerprint ??= await fingerprintOf(this.#file);
      this.phase.value = "waiting";
    } catch (error) {
      if (error instanceof RefusedError) this.#stop("refused", error.message);
      // What the browser can't look into is for the worker to judge.
      else this.phase.value = "waiting";
    }
  }

  /** Resolves when it is done or stopped. */
  async run(): Promise<void> {
    const file = this.#file;
    if (file === null) return;
    this.#running = new AbortController();
    const { signal: running } = this.#running;
    this.problem.value = null;
    for (let tries = 1; ; tries += 1) {
      this.phase.value = "sending";
      const before = this.sentBytes.value;
      try {
        await send({
          ...{ file, fileId: this.#fileId, settings: this.#settings, signal: running },
          onAnnounced: (fileId) => this.#announced(fileId),
          onSent: (bytes) => this.#sent(bytes),
        });
        return this.#finish();
      } catch (error) {
        if (running.aborted) return;
        if (this.sentBytes.value > before) tries = 1;
        if (!isTemporary(error) || tries >= maxTries)
          return this.#stop("failed", sentenceOf(error));
        const askedMs = error instanceof ApiError ? error.retryAfterMs : 0;
        await this.#wait(Math.max(askedMs, backoffMs(tries, Math.random())), running);
        if (running.aborted) return;
      }
    }
  }

  pause(): void {
    this.#running.abort();
    this.speed.value = null;
    this.phase.value = "paused";
  }

  /** The caller starts it when there is room. */
  resume(): void {
    this.problem.value = null;
    this.phase.value = "waiting";
  }

  /** Deletes what was announced, if anything was. */
  async cancel(): Promise<void> {
    this.#running.abort();
    if (this.#fileId === null) return;
    forget(this.#fileId);
    await request("DELETE", `/upload/${this.#fileId}`).catch(() => {
      // Without it the file expires by itself.
    });
  }

  #announced(fileId: string): void {
    this.#fileId = fileId;
    const { name, sizeBytes, lastModified } = this;
    const resume = { fingerprint: this.#fingerprint, settings: this.#settings };
    remember({ fileId, name, sizeBytes, lastModified, ...resume });
  }

  #sent(bytes: number): void {
    this.sentBytes.value = bytes;
    this.speed.value = this.#speed.at(performance.now(), bytes);
  }

  #finish(): void {
    if (this.#fileId !== null) forget(this.#fileId);
    this.sentBytes.value = this.sizeBytes;
    this.phase.value = "done";
    announce(words.upload.sent(this.name));
  }

  #stop(phase: "failed" | "refused", sentence: string): void {
    this.problem.value = sentence;
    this.phase.value = phase;
    announce(words.upload.stopped(this.name, sentence));
  }

  /** Until the time has passed, or at once when the network is back. */
  async #wait(ms: number, running: AbortSignal): Promise<void> {
    this.speed.value = null;
    this.phase.value = navigator.onLine ? "retrying" : "offline";
    const { promise, resolve } = Promise.withResolvers<void>();
    const over = new AbortController();
    const timer = navigator.onLine ? setTimeout(resolve, ms) : undefined;
    const once = { once: true, signal: over.signal };
    addEventListener("online", () => resolve(), once);
    running.addEventListener("abort", () => resolve(), once);
    await promise;
    clearTimeout(timer);
    over.abort();
  }
}

/** S3 answers 403 to a URL that has expired: the next try has another one. 409: a part is missing. */
function isTemporary(error: unknown): boolean {
  if (error instanceof StorageError) return error.status !== 400 && error.status !== 413;
  if (error instanceof ApiError)
    return [408, 409, 429].includes(error.status) || error.status >= 500;
  return error instanceof TypeError;
}

function sentenceOf(error: unknown): string {
  return error instanceof StorageError ? words.upload.storage : explain(error);
}
