import { createHash } from "node:crypto";
import { EventEmitter, on } from "node:events";
import { createReadStream } from "node:fs";
import { stat, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { defaultLimits } from "@transpod/contract/media-limits.ts";
import { defaultSettings, type TranscodeSettings } from "@transpod/contract/transcode-settings.ts";
import {
  completeRequest,
  failRequest,
  partsRequest,
  progressRequest,
  stillsRequest,
  type CompleteRequest,
  type FailRequest,
  type ProgressRequest,
} from "@transpod/contract/work-protocol.ts";
import { ChunkTasks, type CutOptions } from "./chunk-tasks.ts";
import { StillUploads } from "./still-uploads.ts";

export const workToken = "a-work-token";
export const fileId = "0b0f2c0e-6f0b-4e5e-9a53-0a3f6f4f8a11";

export interface WorkServerOptions {
  sourcePath: string;
  fileName: string;
  /** Settings that differ from the defaults. */
  settings?: Partial<TranscodeSettings>;
  /** Whether the first URL of the source has expired. */
  expireSource?: boolean;
  /** Cut this many downloads half-way, each one when the worker has shown that it got some of it. */
  cutDownloads?: number;
  /** The object in the bucket is no longer the one that was claimed. */
  replaced?: boolean;
  /** Answer this many requests with 503 first. */
  unavailableTimes?: number;
  /** Before that, answer this many requests like another server, as when the address was reassigned. */
  strangerTimes?: number;
  /** Refuse the first try of each part, as S3 refuses an expired URL. */
  expireFirstUrls?: boolean;
  /** Sign no URLs for stills. */
  refuseStills?: boolean;
  /** Give tasks, so that the worker may cut the video. */
  cut?: CutOptions;
  fenceWhen?: (progress: ProgressRequest) => boolean;
}

/** The controller's side of the work protocol, and the bucket, for one attempt. */
export class WorkServer {
  readonly progress: ProgressRequest[] = [];
  readonly rangesAsked: (string | undefined)[] = [];
  readonly chunks = new ChunkTasks();
  readonly stills = new StillUploads();
  readonly #options: WorkServerOptions;
  readonly #seen = new EventEmitter();
  readonly #parts = new Map<number, Buffer>();
  readonly #tried = new Set<number>();
  readonly #server = createServer((request, response) => {
    this.#answer(request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });
  #signed = 0;
  #unavailable: number;
  #strangers: number;
  completed: CompleteRequest | undefined;
  failed: FailRequest | undefined;

  constructor(options: WorkServerOptions) {
    this.#options = options;
    this.#unavailable = options.unavailableTimes ?? 0;
    this.#strangers = options.strangerTimes ?? 0;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Saves what `complete` would publish. Resolves with its SHA-256. */
  savePublished(path: string): Promise<string> {
    return this.saveParts(this.completed?.parts ?? [], path);
  }

  /** Joins parts in this order. Resolves with the SHA-256 of the result. */
  async saveParts(named: CompleteRequest["parts"], path: string): Promise<string> {
    const body = Buffer.concat(
      named.map(({ part_number }) => this.#parts.get(part_number) ?? Buffer.alloc(0)),
    );
    await writeFile(path, body);
    return createHash("sha256").update(body).digest("hex");
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", this.url);
    if (url.pathname === "/source") return this.#sendSource(request, response);
    if (url.pathname === "/part") return this.#takePart(url, request, response);
    if (url.pathname === "/still") return this.stills.take(url, request, response);
    if (url.pathname === "/chunk") {
      return this.chunks.serve(Number(url.searchParams.get("n")), request, response);
    }
    if (this.#strangers > 0) {
      this.#strangers -= 1;
      response.writeHead(404).end("Not Found");
      return;
    }
    if (request.headers.authorization !== `Bearer ${workToken}`) {
      return reply(response, 401, { code: "unauthorized", detail: "Who are you?" });
    }
    const body: unknown = JSON.parse(await text(request));
    if (this.#unavailable > 0) {
      this.#unavailable -= 1;
      return reply(response, 503, { code: "unavailable", detail: "Not now." });
    }
    return this.#work(url.pathname, body, response);
  }

  async #work(path: string, body: unknown, response: ServerResponse): Promise<void> {
    switch (path) {
      case "/work/claim":
        return reply(response, 200, await this.#claim());
      case "/work/progress": {
        const progress = progressRequest.parse(body);
        this.progress.push(progress);
        this.#seen.emit("progress", progress);
        if (this.#options.fenceWhen?.(progress) === true) {
          return reply(response, 409, { code: "fenced", detail: "The attempt is over." });
        }
        return reply(response, 200, {});
      }
      case "/work/source":
        return reply(response, 200, { url: `${this.url}/source?renewed` });
      case "/work/parts": {
        const { part_numbers } = partsRequest.parse(body);
        return reply(response, 200, { parts: part_numbers.map((n) => this.#sign(n)) });
      }
      case "/work/stills":
        if (this.#options.refuseStills === true) {
          return reply(response, 422, { code: "refused", detail: "There are no URLs for stills." });
        }
        return reply(response, 200, this.stills.sign(this.url, stillsRequest.parse(body).pairs));
      case "/work/complete":
        this.completed = completeRequest.parse(body);
        return reply(response, 200, {});
      case "/work/fail":
        this.failed = failRequest.parse(body);
        return reply(response, 200, {});
      default: {
        const answer = this.chunks.operate(path, body, this.url);
        if (answer !== undefined) return reply(response, 200, answer);
        return reply(response, 404, { code: "not_found", detail: "No such operation." });
      }
    }
  }

  async #claim() {
    const { size } = await stat(this.#options.sourcePath);
    const { cut = { maxWorkers: 1, chunkSeconds: 30 } } = this.#options;
    return {
      ...this.chunks.next(cut, this.url),
      file_id: fileId,
      attempt: 1,
      lease: 1,
      file_name: this.#options.fileName,
      source: { url: `${this.url}/source`, size_bytes: size, etag: '"etag-of-source"' },
      settings: { ...defaultSettings, ...this.#options.settings },
      limits: defaultLimits,
      heartbeat_seconds: 0.2,
    };
  }

  #sign(part_number: number) {
    this.#signed += 1;
    return { part_number, url: `${this.url}/part?n=${part_number}&signed=${this.#signed}` };
  }

  async #sendSource(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { sourcePath, cutDownloads = 0, replaced, expireSource } = this.#options;
    if (expireSource === true && !(request.url ?? "").endsWith("?renewed")) {
      return reply(response, 403, {});
    }
    this.rangesAsked.push(request.headers.range);
    if (replaced === true) return reply(response, 412, {});
    const { size } = await stat(sourcePath);
    const [, from, to] = /bytes=(\d+)-(\d*)/.exec(request.headers.range ?? "") ?? [];
    const start = Number(from ?? 0);
    const wantedEnd = to === undefined || to === "" ? size : Math.min(size, Number(to) + 1);
    const isCut = this.rangesAsked.length <= cutDownloads;
    const end = isCut ? start + Math.floor((wantedEnd - start) / 2) : wantedEnd;
    response.writeHead(from === undefined ? 200 : 206, {
      etag: '"etag-of-source"',
      "content-length": wantedEnd - start,
    });
    for await (const chunk of createReadStream(sourcePath, { start, end: end - 1 })) {
      response.write(chunk);
    }
    if (!isCut) return void response.end();
    await this.#downloaded((start / size) * 100);
    response.destroy();
  }

  /** Resolves when the worker reports more than this share of the source. */
  async #downloaded(percent: number): Promise<void> {
    for await (const [progress] of on(this.#seen, "progress")) {
      if ((progress as ProgressRequest).percent > percent) return;
    }
  }

  async #takePart(url: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const number = Number(url.searchParams.get("n"));
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    // S3 accepts no chunked bodies.
    if (Number(request.headers["content-length"]) !== body.length) return reply(response, 411, {});
    if (this.#options.expireFirstUrls === true && !this.#tried.has(number)) {
      this.#tried.add(number);
      return reply(response, 403, {});
    }
    this.#parts.set(number, body);
    const etag = `"${createHash("md5").update(body).digest("hex")}"`;
    response.writeHead(200, { etag }).end();
  }
}

function reply(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
