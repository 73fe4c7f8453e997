import { z } from "zod";
import type { ApiClient } from "./api-client.ts";
import { ApiServerError, ask, explained, isRefusal } from "./api-errors.ts";

export interface NamedObject {
  metadata?: { name?: string; resourceVersion?: string };
}

/** `BOOKMARK` is about no object: it only says up to which version all events were sent. */
export interface WatchEvent<T> {
  type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK";
  object: T;
}

export interface CollectionOptions {
  client: ApiClient;
  /** For instance `/apis/batch/v1/namespaces/default/jobs`. */
  path: string;
  labelSelector: string;
}

const object = z.looseObject({ metadata: z.looseObject({ resourceVersion: z.string().min(1) }) });
const named = object.extend({
  metadata: object.shape.metadata.extend({ name: z.string().min(1) }),
});
const listShape = z.object({
  metadata: z.object({ resourceVersion: z.string().min(1) }),
  items: z.array(named),
});
const eventShape = z.discriminatedUnion("type", [
  z.object({ type: z.enum(["ADDED", "MODIFIED", "DELETED"]), object: named }),
  z.object({ type: z.literal("BOOKMARK"), object }),
  z.object({ type: z.literal("ERROR"), object: z.looseObject({ code: z.int() }) }),
]);

/**
 * The objects of one kind with certain labels, read as the API server sends them. An answer of another
 * form (a proxy's page, half a line) is an error, never an empty list: a Job that seems to be gone
 * costs an attempt. All methods throw ApiServerError or UnavailableError.
 */
export class Collection<T extends NamedObject> {
  readonly #client: ApiClient;
  readonly #labelSelector: string;
  readonly path: string;

  constructor({ client, path, labelSelector }: CollectionOptions) {
    this.#client = client;
    this.#labelSelector = labelSelector;
    this.path = path;
  }

  async list(signal: AbortSignal): Promise<{ items: T[]; version: string }> {
    const query = { labelSelector: this.#labelSelector };
    const limit = AbortSignal.any([signal, AbortSignal.timeout(this.#client.requestTimeoutMs)]);
    const { items, metadata } = await ask(
      `list ${this.path}`,
      this.#read(this.path, query, limit).then((answer) => listShape.parse(answer)),
    );
    return { items: items as NamedObject[] as T[], version: metadata.resourceVersion };
  }

  /** An object with any labels; undefined when there is none of this name. */
  async get(name: string): Promise<T | undefined> {
    const limit = AbortSignal.timeout(this.#client.requestTimeoutMs);
    try {
      return await ask(
        `read ${this.path}/${name}`,
        this.#read(`${this.path}/${name}`, {}, limit).then(
          (answer) => named.parse(answer) as NamedObject as T,
        ),
      );
    } catch (error) {
      if (isRefusal(error, 404)) return undefined;
      throw error;
    }
  }

  /** Events after `version`. The server ends the watch after `seconds`, with a bookmark before the end. */
  async *watch(
    version: string,
    seconds: number,
    signal: AbortSignal,
  ): AsyncGenerator<WatchEvent<T>, void> {
    const what = `watch ${this.path}`;
    try {
      const response = await this.#client.open(
        this.path,
        {
          labelSelector: this.#labelSelector,
          watch: "true",
          allowWatchBookmarks: "true",
          resourceVersion: version,
          timeoutSeconds: String(seconds),
        },
        signal,
      );
      for await (const line of linesOf(response.body.stream())) {
        const event = eventShape.parse(JSON.parse(line));
        if (event.type === "ERROR") throw new ApiServerError(what, event.object.code, event.object);
        yield { type: event.type, object: event.object as NamedObject as T };
      }
    } catch (error) {
      throw explained(what, error);
    }
  }

  async #read(path: string, query: Record<string, string>, signal: AbortSignal): Promise<unknown> {
    const { body } = await this.#client.open(path, query, signal);
    return JSON.parse(await body.text());
  }
}

/** Only whole lines: the rest of a stream that was cut off is not an event. */
async function* linesOf(stream: AsyncIterable<Uint8Array> | null): AsyncGenerator<string, void> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of stream ?? []) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}
