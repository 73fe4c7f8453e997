import type { Response } from "express";
import type { FileEvent } from "@transpod/contract/events-api.ts";
import { isTerminal } from "@transpod/contract/states.ts";
import type { FileStatusRow } from "@transpod/store/files.ts";
import { toFileStatus } from "../file-status.ts";
import type { FileEvents } from "./file-events.ts";

/**
 * A client with more unread data than this is disconnected: it reconnects and begins with the current
 * state.
 */
const unreadLimitBytes = 64 * 1024;

/**
 * Sends the state of a file, and again after each change, until the file has ended or was deleted, the client
 * has gone, or its API key `keyId` is revoked. https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export function streamFile(
  response: Response,
  events: FileEvents,
  first: FileStatusRow,
  keyId: string | null,
): void {
  let lastData = "";
  // Between the end and the close of a connection there may still be events; writing them would throw.
  const over = () => response.writableEnded || response.destroyed;
  const say = (row: FileStatusRow | undefined): void => {
    if (over()) return;
    if (row === undefined) return void response.end();
    const data = JSON.stringify(toFileEvent(row));
    if (data !== lastData) response.write(`event: status\nid: ${eventId(row)}\ndata: ${data}\n\n`);
    lastData = data;
    if (isTerminal(row.state)) response.end();
    else if (response.writableLength > unreadLimitBytes) response.destroy();
  };
  say(first);
  if (over()) return;
  const unwatch = events.watch(
    { fileId: first.file_id, keyId },
    {
      onFile: say,
      onBeat: () => void (over() || response.write(":\n\n")),
      onStop: () => void response.end(),
    },
  );
  response.once("close", unwatch);
}

/** A browser sends the last id when it reconnects. */
export function eventId({ attempt, state }: Pick<FileStatusRow, "attempt" | "state">): string {
  return `${attempt}-${state}`;
}

function toFileEvent(row: FileStatusRow): FileEvent {
  const status = toFileStatus(row);
  const { file_id, processing_status, attempt, queue_position, waiting_for } = status;
  const { progress, workers, chunks, failure } = status;
  return {
    ...{ file_id, processing_status, attempt, queue_position, waiting_for },
    ...{ progress, workers, chunks, failure },
  };
}
