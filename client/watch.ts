import { setTimeout as delay } from "node:timers/promises";
import { fileEvent, type FileEvent } from "@transpod/contract/events-api.ts";
import type { FileStatus } from "@transpod/contract/public-api.ts";
import { isTerminal } from "@transpod/contract/states.ts";
import type { Server } from "./call.ts";
import { readEvents } from "./stream.ts";

const pollMs = 500;
/** After a stream that failed, how long to poll before the next try. */
const streamPauseMs = 10_000;

export interface WatchDeps {
  server: Server;
  status: (signal?: AbortSignal) => Promise<FileStatus>;
  onEvent: (event: FileEvent) => void;
  signal?: AbortSignal | undefined;
}

/**
 * Follows a file until it is completed, failed or cancelled, through its event stream; polls its status while
 * there is none. Returns the last status. Rejects with the signal's reason when that aborts.
 */
export async function watchFile(fileId: string, deps: WatchDeps): Promise<FileStatus> {
  const { status, onEvent, signal } = deps;
  let nextStream = 0;
  for (;;) {
    if (performance.now() >= nextStream) {
      await follow(fileId, deps).catch(() => {
        nextStream = performance.now() + streamPauseMs;
      });
      signal?.throwIfAborted();
    }
    const current = await status(signal);
    onEvent(current);
    if (isTerminal(current.processing_status)) return current;
    await delay(pollMs, undefined, { ...(signal && { signal }) });
  }
}

/** Shows all events of a stream. Resolves after the last state; rejects when the stream broke before. */
async function follow(fileId: string, { server, onEvent, signal }: WatchDeps): Promise<void> {
  for await (const { event, data } of readEvents(server, `/upload/${fileId}/events`, signal)) {
    if (event !== "status") continue;
    const said = fileEvent.parse(JSON.parse(data));
    if (isTerminal(said.processing_status)) return;
    onEvent(said);
  }
  throw new Error("The stream ended before the file did.");
}
