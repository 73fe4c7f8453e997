import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "@transpod/runtime/logger.ts";
import type { Collection, NamedObject } from "./collection.ts";

export interface WatchTiming {
  /** After which the server is asked to end a watch, so that the next one starts at a fresh version. */
  sessionSeconds: number;
  /** A watch without any event for longer is dead: TCP does not report a peer that is gone. */
  silenceMs: number;
  /** Even a healthy watch is compared with the whole list this often. */
  relistMs: number;
  retryMs: { initial: number; max: number };
}

const defaultTiming: WatchTiming = {
  sessionSeconds: 30,
  silenceMs: 40_000,
  relistMs: 5 * 60_000,
  retryMs: { initial: 500, max: 15_000 },
};

export interface WatchedListOptions<T extends NamedObject> {
  collection: Collection<T>;
  log: Logger;
  timing?: WatchTiming;
}

/**
 * A copy of a collection that follows its changes for as long as it runs. After any failure of a watch,
 * everything is listed again and the difference is announced. The copy may lag behind; `find` asks the
 * API server before it answers that there is no such object.
 *
 * (client-node's informer ends for good at the first reset connection, and a list error or a handler
 * that throws becomes an unhandled rejection.)
 */
export class WatchedList<T extends NamedObject> {
  readonly #collection: Collection<T>;
  readonly #log: Logger;
  readonly #timing: WatchTiming;
  readonly #objects = new Map<string, T>();
  readonly #listeners = new Set<(object: T) => void>();
  readonly #stopping = new AbortController();
  #following: Promise<void> | undefined;
  #version = "";
  #listAt = 0;
  #failures = 0;
  #heardAt = 0;

  constructor({ collection, log, timing = defaultTiming }: WatchedListOptions<T>) {
    this.#collection = collection;
    this.#log = log;
    this.#timing = timing;
  }

  /** Resolves when the list is there. Throws when it can't be had: then something is set up wrong. */
  async start(): Promise<void> {
    await this.#list();
    this.#following = this.#follow();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#following;
  }

  values(): T[] {
    return [...this.#objects.values()];
  }

  /** An object of that name, with any labels; it may be as old as the last event of the watch. */
  async find(name: string): Promise<T | undefined> {
    return this.#objects.get(name) ?? (await this.fetch(name));
  }

  /** Read from the API server now. */
  async fetch(name: string): Promise<T | undefined> {
    return await this.#collection.get(name);
  }

  /** Called for objects that were added, changed or deleted; for a deleted one with its last state. */
  onChange(listener: (object: T) => void): void {
    this.#listeners.add(listener);
  }

  /** Milliseconds since the API server last sent something about the collection. */
  silentMs(): number {
    return performance.now() - this.#heardAt;
  }

  /** Never rejects. */
  async #follow(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        if (performance.now() >= this.#listAt) await this.#list();
        await this.#watch();
      } catch (err) {
        if (signal.aborted) return;
        this.#log.warn({ event: "watch_broken", path: this.#collection.path, err });
        this.#listAt = 0;
        await delay(this.#retryMs(), undefined, { signal }).catch(() => {});
      }
    }
  }

  async #list(): Promise<void> {
    const { items, version } = await this.#collection.list(this.#stopping.signal);
    this.#heardAt = performance.now();
    this.#listAt = this.#heardAt + this.#timing.relistMs;
    this.#version = version;
    const gone = new Map(this.#objects);
    for (const object of items) {
      gone.delete(nameOf(object));
      this.#put(object);
    }
    for (const object of gone.values()) this.#delete(object);
  }

  async #watch(): Promise<void> {
    using silence = new Silence(this.#timing.silenceMs);
    const signal = AbortSignal.any([this.#stopping.signal, silence.signal]);
    const { sessionSeconds } = this.#timing;
    let heard = false;
    for await (const event of this.#collection.watch(this.#version, sessionSeconds, signal)) {
      silence.broken();
      heard = true;
      this.#heardAt = performance.now();
      this.#failures = 0;
      if (event.type === "DELETED") this.#delete(event.object);
      else if (event.type !== "BOOKMARK") this.#put(event.object);
      this.#version = versionOf(event.object);
    }
    // Without this error, a server that always hangs up would be asked without a pause.
    if (!heard) throw new Error("The watch ended without any event, not even a bookmark.");
  }

  #put(object: T): void {
    const known = this.#objects.get(nameOf(object));
    if (known !== undefined && versionOf(known) === versionOf(object)) return;
    this.#objects.set(nameOf(object), object);
    this.#announce(object);
  }

  #delete(object: T): void {
    if (this.#objects.delete(nameOf(object))) this.#announce(object);
  }

  #announce(object: T): void {
    for (const listener of this.#listeners) {
      try {
        listener(object);
      } catch (err) {
        this.#log.error({ event: "change_not_heard", name: nameOf(object), err });
      }
    }
  }

  /** With jitter, so that controllers don't all reconnect at the same moment. */
  #retryMs(): number {
    const { initial, max } = this.#timing.retryMs;
    const ms = Math.min(max, initial * 2 ** this.#failures);
    this.#failures += 1;
    return ms * (0.5 + Math.random() / 2);
  }
}

/** Aborts its signal when nothing happens for some time. */
class Silence implements Disposable {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;

  constructor(ms: number) {
    const abort = () =>
      this.#controller.abort(new Error(`There was no event for ${ms / 1_000} s.`));
    this.#timer = setTimeout(abort, ms);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  broken(): void {
    this.#timer.refresh();
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}

function nameOf({ metadata }: NamedObject): string {
  return metadata?.name ?? "";
}

function versionOf({ metadata }: NamedObject): string {
  return metadata?.resourceVersion ?? "";
}
