import { fileIdOfRawKey } from "@transpod/contract/object-keys.ts";
import { parseS3Message } from "@transpod/contract/s3-event.ts";

/** How the intake would read a message. */
export interface Meaning {
  file_ids: string[];
  /** Whether the intake can't read it, so it would come back. */
  poison: boolean;
  /** For a person. */
  says: string;
}

export function meaningOf(body: string): Meaning {
  const message = parseS3Message(body);
  if (message.kind === "unparseable") {
    return { file_ids: [], poison: true, says: `can't be read: ${onOneLine(message.why)}` };
  }
  if (message.kind === "no_records") {
    return { file_ids: [], poison: false, says: "not a message of S3: it has no Records" };
  }
  if (message.kind === "test") return { file_ids: [], poison: false, says: "S3's test event" };
  const { objects, bad } = message;
  const file_ids = objects.flatMap(({ key }) => fileIdOfRawKey(key) ?? []);
  const foreign = objects.filter(({ key }) => fileIdOfRawKey(key) === undefined);
  const parts = [
    ...file_ids.map((id) => `file ${id}`),
    ...foreign.map(({ key }) => `a key that Transpod did not create: ${key}`),
    ...bad.map((why) => `a record that can't be read: ${onOneLine(why)}`),
  ];
  return { file_ids, poison: false, says: parts.join(", ") || "no object was created" };
}

function onOneLine(why: string): string {
  return why.replaceAll(/\s*\n\s*/g, " ");
}
