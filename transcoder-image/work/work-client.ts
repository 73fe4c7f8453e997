import { readFile } from "node:fs/promises";
import pRetry from "p-retry";
import type { z } from "zod";
import {
  completeResponse,
  failResponse,
  partsResponse,
  progressResponse,
  sourceResponse,
  stillsResponse,
  workError,
  type ClaimRequest,
  type CompleteRequest,
  type FailRequest,
  type PartsRequest,
  type ProgressRequest,
  type SourceRequest,
  type StillsRequest,
  type StillsResponse,
} from "@transpod/contract/work-protocol.ts";
import {
  chunkCompleteResponse,
  chunkUrlResponse,
  cutResponse,
  task,
  type ChunkCompleteRequest,
  type ChunkUrlRequest,
  type CutRequest,
  type Task,
} from "@transpod/contract/chunk-protocol.ts";
import { AttemptError, FencedError } from "../attempt/attempt-error.ts";
import type { Config } from "../config.ts";

const requestTimeoutMs = 30_000;

/** About a quarter of an hour in all: an outage of the controller must not cost a whole encode. */
const retryPolicy = { retries: 200, minTimeout: 250, factor: 2, maxTimeout: 5_000 };

/**
 * The worker's side of the work protocol. Every call except `progress` is repeated while the controller
 * can't be reached. Throws FencedError when the attempt is no longer ours, and AttemptError
 * `internal_error` for any other refusal.
 */
export class WorkClient {
  readonly #url: string;
  readonly #token: Config["token"];

  constructor({ workUrl, token }: Pick<Config, "workUrl" | "token">) {
    this.#url = workUrl;
    this.#token = token;
  }

  claim(request: ClaimRequest, signal: AbortSignal): Promise<Task> {
    return this.#persist("claim", request, task, signal);
  }

  async cut(request: CutRequest, signal: AbortSignal): Promise<void> {
    await this.#persist("cut", request, cutResponse, signal);
  }

  /** A URL to upload a chunk to. */
  async chunkUrl(request: ChunkUrlRequest, signal: AbortSignal): Promise<string> {
    return (await this.#persist("chunk-url", request, chunkUrlResponse, signal)).url;
  }

  async chunkComplete(request: ChunkCompleteRequest, signal: AbortSignal): Promise<void> {
    await this.#persist("chunk-complete", request, chunkCompleteResponse, signal);
  }

  /** A new URL for the source. */
  async source(request: SourceRequest, signal: AbortSignal): Promise<string> {
    return (await this.#persist("source", request, sourceResponse, signal)).url;
  }

  async parts(request: PartsRequest, signal: AbortSignal): Promise<Map<number, string>> {
    const { parts } = await this.#persist("parts", request, partsResponse, signal);
    return new Map(parts.map((part) => [part.part_number, part.url]));
  }

  /** URLs to upload stills to. */
  stills(request: StillsRequest, signal: AbortSignal): Promise<StillsResponse> {
    return this.#persist("stills", request, stillsResponse, signal);
  }

  /** Tried once, because the next heartbeat has newer values. */
  async progress(request: ProgressRequest, signal: AbortSignal): Promise<void> {
    await this.#post("progress", request, progressResponse, signal);
  }

  async complete(request: CompleteRequest, signal: AbortSignal): Promise<void> {
    await this.#persist("complete", request, completeResponse, signal);
  }

  async fail(request: FailRequest, signal: AbortSignal): Promise<void> {
    await this.#persist("fail", request, failResponse, signal);
  }

  #persist<T>(operation: string, body: object, shape: z.ZodType<T>, signal: AbortSignal) {
    return pRetry(() => this.#post(operation, body, shape, signal), {
      ...retryPolicy,
      randomize: true,
      signal,
      shouldRetry: ({ error }) => error instanceof UnreachableError,
    });
  }

  async #post<T>(
    operation: string,
    body: object,
    shape: z.ZodType<T>,
    signal: AbortSignal,
  ): Promise<T> {
    const { status, text } = await this.#exchange(operation, body, signal);
    if (status >= 500 || status === 408 || status === 429) {
      throw new UnreachableError(`The controller answered ${operation} with ${status}.`);
    }
    if (status !== 200) {
      const problem = workError.safeParse(json(text)).data;
      if (problem !== undefined) throw refusal(operation, status, problem);
      // While the controller is down, a proxy or another process at its address may answer instead.
      throw new UnreachableError(
        `Another server, not the controller, answered ${operation} with ${status}.`,
      );
    }
    return shape.parse(json(text));
  }

  async #exchange(operation: string, body: object, signal: AbortSignal) {
    const authorization = `Bearer ${await this.#readToken()}`;
    try {
      const response = await fetch(`${this.#url}/work/${operation}`, {
        method: "POST",
        headers: { authorization, "content-type": "application/json" },
        body: JSON.stringify(body),
        signal: AbortSignal.any([signal, AbortSignal.timeout(requestTimeoutMs)]),
      });
      return { status: response.status, text: await response.text() };
    } catch (cause) {
      signal.throwIfAborted();
      throw new UnreachableError(`The controller can't be reached for ${operation}.`, { cause });
    }
  }

  /** Read every time: a projected token is replaced while we run. */
  async #readToken(): Promise<string> {
    if ("value" in this.#token) return this.#token.value;
    return (await readFile(this.#token.file, "utf8")).trim();
  }
}

/** The controller did not answer, or answered that it can't: a retry may help. */
export class UnreachableError extends Error {
  override readonly name = "UnreachableError";
}

function refusal(
  operation: string,
  status: number,
  { code, detail }: z.infer<typeof workError>,
): Error {
  if (status === 401) return new FencedError("The work token is not valid, or no longer valid.");
  if (status === 409 && code === "fenced") return new FencedError(detail);
  return new AttemptError(
    "internal_error",
    `The controller refused ${operation} (${status}): ${detail}`,
  );
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
