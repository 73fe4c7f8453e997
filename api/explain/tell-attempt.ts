import type { Entry } from "@transpod/contract/explain-api.ts";
import { jobName } from "@transpod/contract/job-identity.ts";
import type { TransactionRow } from "@transpod/store/transactions.ts";
import { byWhom } from "./actors.ts";
import { after, entry } from "./entries.ts";
import type { Story } from "./story.ts";
import { tellEnd } from "./tell-end.ts";

/** An attempt from the queue to its end. Pure. */
export function tellAttempt(story: Story, row: TransactionRow): Entry[] {
  const { created_at, reserved_at, launched_at, claimed_at, workers_added_at } = row;
  const told = (at: Date | null, kind: Entry["kind"], text: string): Entry[] =>
    at === null ? [] : [entry(at, kind, text, { attempt: row.attempt })];
  return [
    ...told(created_at, "queue", tellQueued(story, row)),
    ...told(reserved_at, "queue", `It got a free slot${after(created_at, reserved_at)}.`),
    ...told(launched_at, "job", tellJob(story, row)),
    ...told(claimed_at, "worker", tellClaim(row)),
    ...told(workers_added_at, "worker", tellWorkers(row)),
    ...tellChunkFailures(story, row),
    ...tellEnd(story, row),
  ];
}

function tellQueued(story: Story, { attempt }: TransactionRow): string {
  const queued = story.transitions.find(
    (one) => one.attempt === attempt && one.to_state === "pending",
  );
  switch (queued?.from_state) {
    case "failed":
    case "cancelled":
      return `Attempt ${attempt} was asked for${byWhom(story, "retryFile", queued)}, and joined the queue.`;
    case "processing":
      return `Attempt ${attempt} joined the queue by itself.`;
    default:
      return `Attempt ${attempt} joined the queue.`;
  }
}

function tellJob({ file, attempts }: Story, { attempt, memory_scale }: TransactionRow): string {
  const before = attempts.find((one) => one.attempt === attempt - 1)?.memory_scale ?? 1;
  const why = memory_scale > before ? ", because the attempt before ran out of it" : "";
  const memory = memory_scale > 1 ? ` It has ${memory_scale} times the usual memory${why}.` : "";
  return `Its Job ${jobName({ fileId: file.file_id, attempt })} was created.${memory}`;
}

function tellClaim(row: TransactionRow): string {
  const { worker, launched_at, claimed_at, chunks } = row;
  const taken = `${worker === null ? "A worker" : `Worker ${worker}`} took it${after(launched_at, claimed_at)}.`;
  const claims = claimsOf(row);
  const fenced =
    claims > 1
      ? ` It was taken ${claims} times: an earlier worker was lost, and whatever it still does counts no more.`
      : "";
  const cut =
    chunks === null
      ? ""
      : ` The video was cut into ${chunks} chunks, so that several workers encode it.`;
  return `${taken}${fenced}${cut}`;
}

/** Claims of the attempt as a whole, or to join its chunks: a cut takes a lease that no worker has. */
export function claimsOf({ chunks, lease }: Pick<TransactionRow, "chunks" | "lease">): number {
  return chunks === null ? lease : lease - 1;
}

function tellWorkers({ workers_started }: TransactionRow): string {
  return `It was given free slots: its Job has started ${workers_started} workers in all.`;
}

function tellChunkFailures({ chunkFailures }: Story, { attempt }: TransactionRow): Entry[] {
  return chunkFailures
    .filter((failure) => failure.attempt === attempt)
    .map(({ code, leases, last_at }) => {
      const workers = leases === 1 ? "A worker" : `${leases} workers`;
      const text = `${workers} ended without a chunk (${code}). It was given to the next one.`;
      return entry(last_at, "worker", text, { attempt });
    });
}
