import { setTimeout as delay } from "node:timers/promises";
import { TranspodError } from "@transpod/contract/errors.ts";
import { fileStatus, type FileStatus } from "@transpod/contract/public-api.ts";
import type { Server } from "./call.ts";
import { TransientError } from "./retry.ts";
import { readEvents } from "./stream.ts";

export type ListEvent =
  /** Changes may have been missed: list the files. */
  { event: "ready" } | { event: "file"; file: FileStatus } | { event: "deleted"; file_id: string };

/** After a stream that failed, until the next try. */
const pauseMs = 2_000;
const deletedFile = fileStatus.pick({ file_id: true });

/**
 * Every file that changes, through one stream, which is opened again when it breaks. Where there can't be one, as behind
 * some proxies, only `ready` comes, every few seconds. Ends only by its caller. Throws what the API refuses, and the signal's
 * reason.
 */
export async function* watchAllFiles(
  server: Server,
  signal?: AbortSignal,
): AsyncGenerator<ListEvent> {
  for (;;) {
    try {
      for await (const { event, data } of readEvents(server, "/events", signal)) {
        if (event === "ready") yield { event };
        if (event === "file") yield { event, file: fileStatus.parse(JSON.parse(data)) };
        if (event === "deleted") yield { event, ...deletedFile.parse(JSON.parse(data)) };
      }
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof TranspodError && !(error instanceof TransientError)) throw error;
    }
    yield { event: "ready" };
    await delay(pauseMs, undefined, { ...(signal && { signal }) });
  }
}
