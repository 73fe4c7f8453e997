import type { Entry } from "@transpod/contract/explain-api.ts";
import { entry } from "./entries.ts";
import type { Story } from "./story.ts";

/** What holds at this moment; nothing when the file has ended. Pure. */
export function tellNow(story: Story): Entry[] {
  const { attempt } = story.file;
  const text = textOf(story);
  if (text === null) return [];
  return [entry(null, "now", text, { tone: "now", attempt: attempt === 0 ? null : attempt })];
}

function textOf({ file, waiting }: Story): string | null {
  switch (file.state) {
    case "awaiting_upload":
      return `It waits for its upload, until ${waiting.upload_until.toISOString()}.`;
    case "uploaded":
      return "Its upload is in S3. It waits for S3's event about it.";
    case "pending":
      return `It is at place ${file.queue_position ?? 1} in the queue.${tellPause(waiting)}`;
    case "processing":
      return tellProcessing(file);
    case "completed":
    case "failed":
    case "cancelled":
      return null;
  }
}

function tellPause({ launch_after }: Story["waiting"]): string {
  return launch_after === null
    ? ""
    : ` After the failure it waits until ${launch_after.toISOString()}.`;
}

function tellProcessing({ waiting_for, progress, workers, chunks }: Story["file"]): string {
  if (waiting_for !== null) return `Its Job waits: ${waiting_for}`;
  if (workers === null) return "Its Job is being created.";
  if (progress === null) return "A worker is starting.";
  const by = workers > 1 ? `, by ${workers} workers` : "";
  const encoded =
    chunks === null ? "" : ` ${chunks.done} of its ${chunks.total} chunks are encoded.`;
  return `It is being transcoded${by} (${progress.phase}).${encoded}`;
}
