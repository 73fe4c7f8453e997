import type { Response } from "express";
import type { FileEvent } from "@transpod/contract/public-api.ts";
import { isTerminal } from "@transpod/contract/states.ts";
import type { FileStatusRow } from "@transpod/store/files.ts";
import { toFileStatus } from "../file-status.ts";
import type { FileEvents } from "./file-events.ts";

/** A client that has so much unread is cut off: it comes back and begins with how things are then. */
const unreadLimitBytes = 64 * 1024;

/**
 * Says how a file is, and again whenever that changes, until it has ended, was deleted, the client is gone,
 * or its API key `keyId` is revoked. https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export function streamFile(
  response: Response,
  events: FileEvents,
  first: FileStatusRow,
  keyId: string | null,
): void {
  let said = "";
  // Between the end and the close of a connection events may still come; writing them would throw.
  const over = () => response.writableEnded || response.destroyed;
  const say = (row: FileStatusRow | undefined): void => {
    if (over()) return;
    if (row === undefined) return void response.end();
    const data = JSON.stringify(toFileEvent(row));
    if (data !== said) response.write(`event: status\nid: ${eventId(row)}\ndata: ${data}\n\n`);
    said = data;
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

/** A browser gives the last one back when it connects again. */
export function eventId({ attempt, state }: Pick<FileStatusRow, "attempt" | "state">): string {
  return `${attempt}-${state}`;
}

function toFileEvent(row: FileStatusRow): FileEvent {
  const { file_id, processing_status, attempt, queue_position, waiting_for, progress, failure } =
    toFileStatus(row);
  return { file_id, processing_status, attempt, queue_position, waiting_for, progress, failure };
}
