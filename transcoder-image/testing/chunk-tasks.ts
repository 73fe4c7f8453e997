import type { IncomingMessage, ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import {
  chunkCompleteRequest,
  chunkUrlRequest,
  cutRequest,
  type ChunkCompleteRequest,
  type CutRequest,
  type Task,
} from "@transpod/contract/chunk-protocol.ts";

export interface CutOptions {
  maxWorkers: number;
  chunkSeconds: number;
  /** Tasks to give when the video is cut, before the chunks. */
  afterCut?: Task[];
}

/** The controller's side of a video that is encoded in chunks, and their objects: one task after the other. */
export class ChunkTasks {
  readonly completed: ChunkCompleteRequest[] = [];
  readonly #objects = new Map<number, Buffer>();
  #given = 0;
  cut: CutRequest | undefined;

  /** What a claim says beside the assignment. `baseUrl`: of this server. */
  next({ maxWorkers, chunkSeconds, afterCut = [] }: CutOptions, baseUrl: string) {
    if (this.cut !== undefined && this.#given < afterCut.length) return afterCut[this.#given++];
    if (this.cut === undefined) {
      return { task: "whole", max_workers: maxWorkers, chunk_seconds: chunkSeconds };
    }
    const { chunk_frames } = this.cut;
    const chunk = this.completed.length;
    const frames = chunk_frames[chunk];
    if (frames === undefined) return { task: "join", chunks: this.#encoded(chunk_frames, baseUrl) };
    const first_frame = chunk_frames.slice(0, chunk).reduce((a, b) => a + b, 0);
    return { task: "chunk", chunk, first_frame, frames, chunk_frames };
  }

  #encoded(frames: readonly number[], baseUrl: string) {
    return this.completed.map(({ chunk, size_bytes, sha256, verification, notes }) => ({
      ...{ chunk, frames: frames[chunk], url: `${baseUrl}/chunk?n=${chunk}` },
      ...{ size_bytes, sha256, verification, notes },
    }));
  }

  /** The answer to an operation; undefined for another one. */
  operate(path: string, body: unknown, baseUrl: string): object | undefined {
    switch (path) {
      case "/work/cut":
        this.cut = cutRequest.parse(body);
        return {};
      case "/work/chunk-url":
        return { url: `${baseUrl}/chunk?n=${chunkUrlRequest.parse(body).chunk}` };
      case "/work/chunk-complete":
        this.completed.push(chunkCompleteRequest.parse(body));
        return {};
      default:
        return undefined;
    }
  }

  /** PUT and GET of a chunk's object. */
  async serve(number: number, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === "PUT") {
      this.#objects.set(number, await buffer(request));
      response.writeHead(200, { etag: `"chunk-${number}"` }).end();
      return;
    }
    response.writeHead(200).end(this.#objects.get(number));
  }
}
