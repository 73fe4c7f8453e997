import type { Response } from "express";
import type { FileEvent } from "@transpod/contract/events-api.ts";
import { isTerminal } from "@transpod/contract/states.ts";
import { toFileStatus } from "../file-status.ts";
import type { ForecastRow } from "../forecast/forecast.ts";
import { eventWriter } from "./event-writer.ts";
import type { FileEvents } from "./file-events.ts";
import type { Pass } from "../access/pass.ts";

/**
 * A client with more unread data than this is disconnected: it reconnects and begins with the current
 * state.
 */
const unreadLimitBytes = 64 * 1024;

/**
 * Sends the state of a file, and again after each change, until the file has ended or was deleted, the client
 * has gone, its API key is revoked, or its session has ended.
 */
export function streamFile(
  response: Response,
  events: FileEvents,
  first: ForecastRow,
  { keyId, session }: Pass,
): void {
  let lastData = "";
  const { over, write, beat } = eventWriter(response);
  const say = (row: ForecastRow | undefined): void => {
    if (over()) return;
    if (row === undefined) return void response.end();
    const data = JSON.stringify(toFileEvent(row));
    if (data !== lastData) write({ event: "status", id: eventId(row), data });
    lastData = data;
    if (isTerminal(row.state)) response.end();
    else if (response.writableLength > unreadLimitBytes) response.destroy();
  };
  say(first);
  if (over()) return;
  const unwatch = events.watch(
    { fileId: first.file_id, keyId, session },
    {
      onFile: say,
      onBeat: beat,
      onStop: () => void response.end(),
    },
  );
  response.once("close", unwatch);
}

/** A browser sends the last id when it reconnects. */
export function eventId({ attempt, state }: Pick<ForecastRow, "attempt" | "state">): string {
  return `${attempt}-${state}`;
}

function toFileEvent(row: ForecastRow): FileEvent {
  const status = toFileStatus(row);
  const { file_id, processing_status, attempt, queue_position, waiting_for } = status;
  const { expected_start, expected_end } = status;
  const { progress, workers, chunks, failure } = status;
  return {
    ...{ file_id, processing_status, attempt, queue_position, waiting_for },
    ...{ expected_start, expected_end, progress, workers, chunks, failure },
  };
}
