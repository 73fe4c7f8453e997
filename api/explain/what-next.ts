import { adviceFor } from "@transpod/contract/causes.ts";
import type { Explanation } from "@transpod/contract/explain-api.ts";
import { failures, type FailureCode } from "@transpod/contract/failures.ts";
import { jobName } from "@transpod/contract/job-identity.ts";
import type { TimeRange } from "@transpod/contract/public-api.ts";
import type { Story } from "./story.ts";

/** What comes next, and what an operator can do. Pure. */
export function whatNext(story: Story): Explanation["next"] {
  const { file, waiting } = story;
  switch (file.state) {
    case "awaiting_upload":
      return {
        text: "The upload starts the first attempt. If none comes in time, the file fails (upload_expired).",
        operator:
          "If it was uploaded already: check the events of the bucket, the queue and its dead-letter queue.",
      };
    case "uploaded":
      return {
        text: "It joins the queue when the event is received. The sweep sends the event if S3 did not.",
        operator: "If this lasts: check that a controller runs and reaches the queue in SQS.",
      };
    case "pending":
      return {
        text: `Its Job is created when a slot is free.${tellExpected(file)}`,
        operator:
          waiting.launch_after === null
            ? "If this lasts too long: allow more Jobs (MAX_RUNNING_JOBS), or raise the file's priority."
            : null,
      };
    case "processing":
      return nextWhileProcessing(story);
    case "completed":
      return { text: `Nothing. ${afterCompletion(story)}`, operator: null };
    case "failed":
      return nextAfterFailure(story);
    case "cancelled":
      return { text: `Nothing by itself. ${retryOf(story)}`, operator: null };
  }
}

function tellExpected({ expected }: Story["file"]): string {
  if (expected === null) return "";
  const between = ({ earliest, latest }: TimeRange) => `between ${earliest} and ${latest}`;
  return ` It is expected to start ${between(expected.start)}, and to end ${between(expected.end)}.`;
}

function nextWhileProcessing({ file }: Story): Explanation["next"] {
  const { file_id: fileId, attempt, waiting_for, progress } = file;
  if (progress !== null) {
    return { text: "The result is verified, and then published.", operator: null };
  }
  return {
    text: "A worker takes it as soon as it runs. If none starts in time, the file fails (never_started).",
    operator:
      waiting_for === null
        ? null
        : `See what it waits for: kubectl describe job ${jobName({ fileId, attempt })}`,
  };
}

function nextAfterFailure(story: Story): Explanation["next"] {
  // A failed file has a code: the database checks it.
  const code = story.file.failure_code as FailureCode;
  const why =
    failures[code].verdict === "final"
      ? "another attempt would end in the same way."
      : "the limit of attempts is reached.";
  return {
    text: `Nothing by itself: ${why} ${retryOf(story)}`,
    operator: adviceFor(code),
  };
}

function afterCompletion({ file }: Story): string {
  if (file.result_deleted_at !== null) return "The result is no longer kept.";
  const original =
    file.delete_original && file.original_deleted_at === null
      ? " The original is about to be deleted."
      : "";
  return `The result can be downloaded.${original}`;
}

function retryOf({ file, waiting }: Story): string {
  if (file.original_deleted_at !== null) {
    return "The original is no longer kept: create a new upload.";
  }
  return waiting.uploaded
    ? "A retry starts another attempt."
    : "Nothing was uploaded: create a new upload.";
}
