import type { TranspodClient } from "@transpod/client/client.ts";
import { TranspodError } from "@transpod/contract/errors.ts";
import { fileEvent } from "@transpod/contract/events-api.ts";
import type { FileStatus } from "@transpod/contract/public-api.ts";
import { isTerminal, type FileState } from "@transpod/contract/states.ts";
import type { Display, Subject } from "./display.ts";
import { showEnd, subjectOf } from "./follow.ts";

const underWay: readonly FileState[] = ["uploaded", "pending", "processing"];

/** How many files were shown, and how many of them have ended without a result. */
export interface Watched {
  files: number;
  failed: number;
}

/** Shows all files that are under way, also those that come meanwhile, until there is none. */
export async function watchAll(
  client: TranspodClient,
  display: Display,
  signal: AbortSignal,
): Promise<Watched> {
  const open = new Map<string, Subject>();
  const watched: Watched = { files: 0, failed: 0 };
  const end = (subject: Subject, show: () => boolean): void => {
    open.delete(subject.file_id!);
    if (!show()) watched.failed += 1;
  };
  const take = (file: FileStatus): void => {
    const { file_id, processing_status: state } = file;
    if (underWay.includes(state) && !open.has(file_id)) {
      open.set(file_id, subjectOf(file));
      watched.files += 1;
    }
    const subject = open.get(file_id);
    if (subject === undefined) return;
    if (isTerminal(state)) end(subject, () => showEnd(display, subject, file));
    else display.show(subject, { event: "status", status: fileEvent.parse(file) });
  };
  const drop = (fileId: string): void => {
    const subject = open.get(fileId);
    if (subject === undefined) return;
    const detail = "The file was deleted.";
    end(subject, () => {
      display.show(subject, { event: "failed", code: "file_deleted", detail });
      return false;
    });
  };
  const listAgain = async (): Promise<void> => {
    const unseen = new Set(open.keys());
    for await (const file of client.list({ status: underWay }, signal)) {
      unseen.delete(file.file_id);
      take(file);
    }
    // They have ended while nothing was heard.
    for (const fileId of unseen) {
      const file = await client.status(fileId, signal).catch(unlessGone);
      if (file === undefined) drop(fileId);
      else take(file);
    }
  };
  for await (const said of client.watchAll(signal)) {
    if (said.event === "ready") await listAgain();
    else if (said.event === "file") take(said.file);
    else drop(said.file_id);
    if (open.size === 0) break;
  }
  return watched;
}

function unlessGone(error: unknown): undefined {
  const gone = ["file_deleted", "file_not_found"];
  if (!(error instanceof TranspodError) || !gone.includes(error.code)) throw error;
}
