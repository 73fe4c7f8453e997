import { largeBytes, type TranspodClient } from "@transpod/client/client.ts";
import { TranspodError } from "@transpod/contract/errors.ts";
import type { FileState } from "@transpod/contract/states.ts";
import type { Display, Subject } from "./display.ts";
import type { PutOptions } from "./put-options.ts";
import { forgetBegun, readBegun, writeBegun, type Begun, type Entry } from "./resume.ts";

interface Upload {
  client: TranspodClient;
  begun: Begun;
  /** The folder of what was begun. */
  states: string;
  /** Gets the file's id. */
  subject: Subject;
  display: Display;
  options: PutOptions;
}

/** Uploads a file, or what S3 does not have yet of one that was begun; nothing when S3 has all of it. */
export async function uploadOrResume(upload: Upload): Promise<void> {
  const { client, begun, states, subject, display, options } = upload;
  const earlier = await findEarlier(upload);
  const entry = earlier?.entry ?? (await announce(upload));
  subject.file_id = entry.file_id;
  await writeBegun(states, begun, entry);
  if (earlier === undefined || earlier.state === "awaiting_upload") {
    await client.send(entry.file_id, begun.path, {
      inParts: entry.in_parts,
      signal: options.signal,
      onSent: (sent_bytes, total_bytes) =>
        display.show(subject, {
          ...{ event: "uploading", sent_bytes, total_bytes },
          resumed: earlier !== undefined,
        }),
    });
  }
  display.show(subject, { event: "uploaded" });
}

const goneCodes = ["file_not_found", "file_deleted"];

/** What was begun earlier, unless Transpod has it no longer or can't finish it. */
async function findEarlier({
  client,
  begun,
  states,
  options,
}: Upload): Promise<{ entry: Entry; state: FileState } | undefined> {
  const entry = await readBegun(states, begun);
  if (entry === undefined) return undefined;
  const status = await client.status(entry.file_id, options.signal).catch((error: unknown) => {
    const gone = error instanceof TranspodError && goneCodes.includes(error.code);
    if (!gone) throw error;
    return undefined;
  });
  const state = status?.processing_status;
  if (state !== undefined && state !== "failed" && state !== "cancelled") return { entry, state };
  await forgetBegun(states, begun);
  return undefined;
}

async function announce({ client, begun, options }: Upload): Promise<Entry> {
  const { settings, priority, deleteOriginal, partThreshold, signal } = options;
  const inParts = begun.size > (partThreshold ?? largeBytes);
  const { file_id } = await client.announce(begun.path, settings, {
    inParts,
    signal,
    ...(priority !== undefined && { priority }),
    ...(deleteOriginal !== undefined && { deleteOriginal }),
  });
  return { file_id, in_parts: inParts };
}
