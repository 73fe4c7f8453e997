import type { Cause } from "@transpod/contract/causes.ts";
import { causeOf } from "@transpod/contract/causes.ts";
import type { Entry } from "@transpod/contract/explain-api.ts";
import { savedShare } from "@transpod/contract/figures.ts";
import { formatBytes, formatSeconds } from "@transpod/contract/quantities.ts";
import type { FileStatusRow } from "@transpod/store/files.ts";
import type { TransactionRow } from "@transpod/store/transactions.ts";
import { byWhom } from "./actors.ts";
import { after, entry, failureOf } from "./entries.ts";
import type { Story } from "./story.ts";

/** How an attempt ended; nothing while it waits or runs. Pure. */
export function tellEnd(story: Story, row: TransactionRow): Entry[] {
  const { attempt, outcome, ended_at: at, claimed_at } = row;
  const took = after(claimed_at, at);
  switch (outcome) {
    case null:
      return [];
    case "completed": {
      const text = `The result was verified and published${took}.${sizeOf(story.file)}${spent(row)}`;
      return [
        entry(at, "result", text, { attempt, tone: "good" }),
        ...row.notes.map((note) => entry(at, "note", note, { attempt })),
      ];
    }
    case "cancelled": {
      const end = story.transitions.find(
        (one) => one.attempt === attempt && one.to_state === "cancelled",
      );
      const by = byWhom(story, "cancelFile", end);
      return [entry(at, "command", `It was cancelled${by}${took}.`, { attempt })];
    }
    case "failed":
      return tellFailure(row, took);
  }
}

const blamed: Readonly<Record<Cause, string>> = {
  file: "the file",
  user: "a client's doing or choice",
  memory: "the worker's memory",
  eviction: "an eviction: the platform removed the worker",
  network: "the network",
  s3: "S3",
  cluster: "the cluster or machine",
  transpod: "Transpod itself",
};

function tellFailure(row: TransactionRow, took: string): Entry[] {
  const { attempt, failure_code: code, failure_detail, counted, ended_at } = row;
  if (code === null) return [];
  const innocent = counted === false ? " It does not count against the limit of attempts." : "";
  const text =
    `Attempt ${attempt} failed${took} (${code}): ${failure_detail ?? ""}`.trimEnd() +
    ` The cause is ${blamed[causeOf(code)]}.${innocent}`;
  const failure = failureOf(code, row.worker_log);
  return [entry(ended_at, "failure", text, { attempt, tone: "bad", failure })];
}

function sizeOf({ size_bytes, processed }: FileStatusRow): string {
  const share = savedShare({ size_bytes, processed_size_bytes: processed?.size_bytes ?? null });
  if (processed === null || share === null) return "";
  const percent = `${Math.round(Math.abs(share) * 100)} % ${share < 0 ? "larger" : "smaller"}`;
  return ` It has ${formatBytes(processed.size_bytes)}, ${percent}.`;
}

function spent({ phase_times }: TransactionRow): string {
  const phases = Object.entries(phase_times ?? {})
    .filter(([, ms]) => ms >= 500)
    .map(([phase, ms]) => `${phase} ${formatSeconds(ms / 1000)}`);
  return phases.length === 0 ? "" : ` The time went into ${phases.join(", ")}.`;
}
