import type { Response } from "express";
import { HttpError } from "@transpod/runtime/problems.ts";
import type { FileEvents } from "./file-events.ts";

/** Each needs some 30 KB, and up to 1 MB more while its client does not read (docs/performance.md). */
const maxStreams = 2_000;

/** Sets the headers of a stream of server-sent events. Throws an HttpError 503 when there are too many streams. */
export function beginStream(response: Response, { streams }: Pick<FileEvents, "streams">): void {
  if (streams >= maxStreams) {
    throw new HttpError(
      503,
      "too_many_streams",
      `This server has ${maxStreams} event streams already. Try again later, or ask for the status instead.`,
      { headers: { "Retry-After": "30" } },
    );
  }
  response.status(200).set({
    "Content-Type": "text/event-stream",
    "Cache-Control": "no-store",
    // Without it nginx buffers events until its buffer is full.
    "X-Accel-Buffering": "no",
  });
}
