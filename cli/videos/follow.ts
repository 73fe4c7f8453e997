import type { TranspodClient } from "@transpod/client/client.ts";
import { TranspodError } from "@transpod/contract/errors.ts";
import type { FileStatus } from "@transpod/contract/public-api.ts";
import { isTerminal } from "@transpod/contract/states.ts";
import type { Display, Subject } from "./display.ts";

/** How many files are watched at the same time; the others are looked at when their turn comes. */
export const watchLimit = 32;

/** Shows a file until it is completed, failed or cancelled. Returns its last status. */
export async function watchToEnd(
  client: TranspodClient,
  subject: Subject,
  display: Display,
  signal: AbortSignal,
): Promise<FileStatus> {
  signal.throwIfAborted();
  return await client.watch(
    subject.file_id!,
    (status) => {
      // Its end is shown when the result is there too.
      if (isTerminal(status.processing_status)) return;
      display.show(subject, { event: "status", status });
    },
    signal,
  );
}

export function subjectOf({ file_id, file_name }: FileStatus): Subject {
  return { name: `${file_id.slice(0, 8)} ${file_name}`, file_id };
}

/** Shows how a file has ended. Returns whether it is completed. */
export function showEnd(display: Display, subject: Subject, status: FileStatus): boolean {
  if (status.processing_status === "completed") {
    display.show(subject, { event: "completed" });
    return true;
  }
  const { code, message } = failureOf(status);
  display.show(subject, { event: "failed", code, detail: message });
  return false;
}

/** Why a file has no result. */
export function failureOf({ processing_status, failure }: FileStatus): TranspodError {
  return failure === null
    ? new TranspodError(processing_status, `The file was ${processing_status}.`)
    : new TranspodError(failure.code, failure.detail);
}
