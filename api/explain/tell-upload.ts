import type { Entry } from "@transpod/contract/explain-api.ts";
import { formatBytes } from "@transpod/contract/quantities.ts";
import type { ArrivalRow } from "@transpod/store/story.ts";
import { byKey, byWhom } from "./actors.ts";
import { after, entry, failureOf } from "./entries.ts";
import type { Story } from "./story.ts";

/** What happened before the first attempt, and to uploads that came later. Pure. */
export function tellUpload(story: Story): Entry[] {
  const { file, waiting, transitions, arrivals, commands, reader } = story;
  const { declared_size_bytes: size } = waiting;
  const declared = size === null ? "" : ` (${formatBytes(size)})`;
  // There is one, and its line is written by the same statement as the file.
  const announcement = commands.find(({ action }) => action === "createUpload");
  const by = byKey(announcement, reader);
  return [
    entry(file.created_at, "upload", `The file was announced${declared}${by}.`),
    ...transitions
      .filter(({ to_state }) => to_state === "uploaded")
      .map(({ at }) => entry(at, "upload", "The upload was found in S3, before S3's event came.")),
    ...arrivals.map((arrival) => entry(arrival.received_at, "upload", tellArrival(arrival))),
    ...tellEndWithoutAttempt(story),
  ];
}

function tellArrival({ disposition, size_bytes, event_at, received_at }: ArrivalRow): string {
  const size = formatBytes(size_bytes);
  if (disposition !== "accepted") {
    return `Another upload (${size}) arrived. It was ignored: the file uses the first one that it accepted.`;
  }
  return `The upload (${size}) was accepted${after(event_at, received_at)}.`;
}

/** A file can fail, or be cancelled, before it has an attempt. */
function tellEndWithoutAttempt(story: Story): Entry[] {
  const end = story.transitions.find(
    ({ attempt, to_state }) => attempt === 0 && (to_state === "failed" || to_state === "cancelled"),
  );
  if (end === undefined) return [];
  if (end.code === null) {
    return [entry(end.at, "command", `It was cancelled${byWhom(story, "cancelFile", end)}.`)];
  }
  const detail = story.file.failure_detail ?? "";
  const text = `It failed (${end.code}): ${detail}`.trimEnd();
  return [entry(end.at, "failure", text, { tone: "bad", failure: failureOf(end.code, null) })];
}
