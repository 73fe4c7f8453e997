import { open } from "node:fs/promises";
import pLimit from "p-limit";
import type { ByteRange } from "../probe/boxes.ts";
import { Watchdog } from "../watchdog.ts";
import { merged, missingRanges } from "./byte-ranges.ts";
import { CutError, persist, requestBytes, silenceMs, type S3Object } from "./get-object.ts";

/** Most requests are for a few bytes, and wait. */
const concurrency = 8;

/**
 * A local file with the size of an object and some of its bytes, each at its place; the others are a hole. What is
 * needed is fetched by range requests, once. A server without support for ranges sends everything, which is kept.
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
    const limit = pLimit(concurrency);
    const fetched = await Promise.all(
      missingRanges(this.#present, inside).map((range) =>
        limit(() => this.#fetchOne(object, range)),
      ),
    );
    this.#present = merged([...this.#present, ...fetched], 0);
  }

  /** Resolves with the range that was fetched: the wanted one, or everything. */
  async #fetchOne(object: S3Object, wanted: ByteRange): Promise<ByteRange> {
    await using file = await open(this.path, "r+");
    let { start, end } = wanted;
    let at = start;
    await persist(object, async (url) => {
      const watchdog = new Watchdog(silenceMs, () => new Error("silence"));
      const signal = AbortSignal.any([object.signal, watchdog.signal]);
      let before = at;
      try {
        const response = await requestBytes({ ...object, url }, `bytes=${at}-${end - 1}`, signal);
        if (response.status === 200) [start, end, at, before] = [0, this.sizeBytes, 0, 0];
        for await (const bytes of response.body ?? []) {
          watchdog.touch(silenceMs);
          await file.write(bytes, 0, bytes.length, at);
          at += bytes.length;
        }
      } catch (error) {
        object.signal.throwIfAborted();
        const isCut = watchdog.signal.aborted || error instanceof TypeError;
        throw isCut ? new CutError("the connection to S3 was cut.", at - before) : error;
      } finally {
        watchdog.stop();
      }
      if (at < end) throw new CutError("the connection to S3 was cut.", at - before);
    });
    return { start, end };
  }
}
