import type { Response } from "express";
import { toFileStatus } from "../file-status.ts";
import { eventWriter } from "./event-writer.ts";
import type { FileEvents } from "./file-events.ts";
import type { Pass } from "../access/pass.ts";

/** A client with more unread data than this is disconnected: it connects again and lists the files again. */
const unreadLimitBytes = 1024 * 1024;

interface Reader extends Pass {
  /** Only this key's files; null for all. */
  owner: string | null;
}

/** Sends every file that changes, until the client has gone, its API key is revoked, or its session has ended. */
export function streamFiles(response: Response, events: FileEvents, reader: Reader): void {
  const { write, beat } = eventWriter(response);
  const say = (event: string, data: unknown) => {
    write({ event, data: JSON.stringify(data) });
    if (response.writableLength > unreadLimitBytes) response.destroy();
  };
  const unwatch = events.watchAll(reader, {
    onReady: () => say("ready", {}),
    onFile: (row) => say("file", toFileStatus(row)),
    onDeleted: (fileId) => say("deleted", { file_id: fileId }),
    onQueue: () => say("queue", {}),
    onBeat: beat,
    onStop: () => void response.end(),
  });
  response.once("close", unwatch);
  say("ready", {});
}
