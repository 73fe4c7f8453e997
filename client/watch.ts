import { setTimeout as delay } from "node:timers/promises";
import { EventSourceParserStream } from "eventsource-parser/stream";
import { fileEvent, type FileEvent } from "@transpod/contract/events-api.ts";
import type { FileStatus } from "@transpod/contract/public-api.ts";
import { isTerminal } from "@transpod/contract/states.ts";
import { request, type Server } from "./call.ts";

const pollMs = 500;
/** The API sends a comment every 15 s; a proxy that keeps it back makes the stream useless. */
const firstBytesMs = 5_000;
const silenceMs = 45_000;
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
  const silent = new AbortController();
  let timer = setTimeout(() => silent.abort(), firstBytesMs);
  try {
    const either = signal ? AbortSignal.any([signal, silent.signal]) : silent.signal;
    const headers = { accept: "text/event-stream" };
    const path = `/upload/${fileId}/events`;
    const { body } = await request(server, path, { init: { headers }, signal: either });
    const awake = new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        clearTimeout(timer);
        timer = setTimeout(() => silent.abort(), silenceMs);
        controller.enqueue(chunk);
      },
    });
    const events = body!
      .pipeThrough(awake)
      .pipeThrough(new TextDecoderStream())
      .pipeThrough(new EventSourceParserStream());
    for await (const { event, data } of events) {
      if (event !== "status") continue;
      const said = fileEvent.parse(JSON.parse(data));
      if (isTerminal(said.processing_status)) return;
      onEvent(said);
    }
    throw new Error("The stream ended before the file did.");
  } finally {
    clearTimeout(timer);
  }
}
