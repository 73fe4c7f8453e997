import { EventSourceParserStream, type EventSourceMessage } from "eventsource-parser/stream";
import { request, type Server } from "./call.ts";

/** The API sends a comment every 15 s; a proxy that keeps it back makes the stream useless. */
const firstBytesMs = 5_000;
const silenceMs = 45_000;

/** The events of a stream, until the server ends it. Throws when it can't be opened, breaks, or is silent for too long. */
export async function* readEvents(
  server: Server,
  path: string,
  signal?: AbortSignal,
): AsyncGenerator<EventSourceMessage> {
  const silent = new AbortController();
  let timer = setTimeout(() => silent.abort(), firstBytesMs);
  try {
    const either = signal ? AbortSignal.any([signal, silent.signal]) : silent.signal;
    const headers = { accept: "text/event-stream" };
    const { body } = await request(server, path, { init: { headers }, signal: either });
    const awake = new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        clearTimeout(timer);
        timer = setTimeout(() => silent.abort(), silenceMs);
        controller.enqueue(chunk);
      },
    });
    yield* body!
      .pipeThrough(awake)
      .pipeThrough(new TextDecoderStream())
      .pipeThrough(new EventSourceParserStream());
  } finally {
    clearTimeout(timer);
  }
}
