import { open } from "node:fs/promises";
import pLimit from "p-limit";
import { Watchdog } from "../watchdog.ts";
import type { ByteRange } from "../probe/boxes.ts";
import { CutError, persist, requestBytes, silenceMs, type S3Object } from "./get-object.ts";
import { missingRanges } from "./byte-ranges.ts";

/** Most requests are for a few bytes, and wait. */
const concurrency = 8;

/**
 * A local file with the size of an object and some of its bytes, each at its place; the others are a hole. What is
 * needed is fetched by range requests, once.
 */
export class SparseSource {
  readonly path: string;
  readonly sizeBytes: number;
  #present: ByteRange[] = [];

  private constructor(path: string, sizeBytes: number) {
    this.path = path;
    this.sizeBytes = sizeBytes;
  }

  static async create(path: string, sizeBytes: number): Promise<SparseSource> {
    await using file = await open(path, "w");
    await file.truncate(sizeBytes);
    return new SparseSource(path, sizeBytes);
  }

  /** Fetches what is not there yet. Throws as `downloadFile` does. */
  async fetch(object: S3Object, ranges: readonly ByteRange[]): Promise<void> {
    const inside = ranges.map(({ start, end }) => ({ start, end: Math.min(end, this.sizeBytes) }));
    const { missing, present } = missingRanges(this.#present, inside);
    const limit = pLimit(concurrency);
    await Promise.all(missing.map((range) => limit(() => this.#fetchOne(object, range))));
    this.#present = present;
  }

  async #fetchOne(object: S3Object, { start, end }: ByteRange): Promise<void> {
    await using file = await open(this.path, "r+");
    let at = start;
    await persist(object, async (url) => {
      const before = at;
      const watchdog = new Watchdog(silenceMs, () => new Error("silence"));
      try {
        const signal = AbortSignal.any([object.signal, watchdog.signal]);
        const range = `bytes=${at}-${end - 1}`;
        const response = await requestBytes({ ...object, url }, range, signal);
        if (response.status !== 206) throw new CutError("S3 does not answer range requests.");
        for await (const bytes of response.body ?? []) {
          watchdog.touch(silenceMs);
          await file.write(bytes, 0, bytes.length, at);
          at += bytes.length;
        }
      } catch (error) {
        object.signal.throwIfAborted();
        throw asCut(error, at - before);
      } finally {
        watchdog.stop();
      }
      if (at < end) throw new CutError("the connection to S3 was cut.", at - before);
    });
  }
}

/** A connection that was cut: undici throws a TypeError. */
function asCut(error: unknown, gainedBytes: number): unknown {
  const isOfConnection =
    error instanceof TypeError || (error instanceof Error && error.message === "silence");
  return isOfConnection ? new CutError("the connection to S3 was cut.", gainedBytes) : error;
}
