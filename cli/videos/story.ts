import type { FileStatus } from "@transpod/contract/public-api.ts";
import type { Transaction } from "@transpod/contract/transactions-api.ts";
import { describeEvent, formatBytes, formatSaved, formatSeconds } from "./format.ts";

export interface Line {
  /** ISO 8601; null for what holds now. */
  at: string | null;
  text: string;
}

/** What happened to a file, in order of time, and what comes next. */
export function tellStory(file: FileStatus, attempts: readonly Transaction[]): Line[] {
  return [
    { at: file.created_at, text: `The file was announced${declaredSize(file)}.` },
    ...attempts.flatMap(tellAttempt),
    ...file.notes.map((note) => ({ at: null, text: `Note: ${note}` })),
    { at: null, text: whatNext(file) },
  ];
}

function declaredSize({ size_bytes }: FileStatus): string {
  return size_bytes === null ? "" : ` (${formatBytes(size_bytes)})`;
}

function tellAttempt(attempt: Transaction): Line[] {
  const name = `Attempt ${attempt.attempt}`;
  const { queued_at, reserved_at, launched_at, claimed_at, ended_at, worker } = attempt;
  const lines: { at: string | null; text: string }[] = [
    { at: queued_at, text: `${name} was queued.` },
    { at: reserved_at, text: `${name} got a free slot${after(queued_at, reserved_at)}.` },
    { at: launched_at, text: `Its Job was created.${memory(attempt)}` },
    {
      at: claimed_at,
      text: `${worker === null ? "A worker" : `Worker ${worker}`} took it${after(launched_at, claimed_at)}.${split(attempt)}`,
    },
    { at: ended_at, text: ending(attempt) },
  ];
  return lines.filter(({ at }) => at !== null);
}

function after(from: string | null, to: string | null): string {
  if (from === null || to === null) return "";
  const seconds = (Date.parse(to) - Date.parse(from)) / 1000;
  return seconds < 1 ? "" : ` after ${formatSeconds(seconds)}`;
}

function memory({ memory_scale }: Transaction): string {
  return memory_scale > 1 ? ` It has ${memory_scale} times the usual memory.` : "";
}

function split({ chunks, workers_started, claims }: Transaction): string {
  const parts = [
    chunks !== null &&
      `The video was cut into ${chunks} chunks; ${workers_started} workers started.`,
    claims > 1 && `It was taken ${claims} times.`,
  ];
  return parts.map((part) => (part === false ? "" : ` ${part}`)).join("");
}

function ending({ attempt, outcome, failure, counted, claimed_at, ended_at }: Transaction): string {
  const took = after(claimed_at, ended_at);
  if (outcome === "completed") return `Attempt ${attempt} was completed${took}.`;
  if (outcome === "cancelled") return `Attempt ${attempt} was cancelled${took}.`;
  const why = failure === null ? "" : ` (${failure.code}): ${failure.detail}`;
  const innocent = counted === false ? " This does not count against the limit of attempts." : "";
  return `Attempt ${attempt} failed${took}${why}${innocent}`;
}

function whatNext(file: FileStatus): string {
  const id = file.file_id.slice(0, 8);
  switch (file.processing_status) {
    case "awaiting_upload":
      return "It waits for its upload. Next: upload it with the command that announced it.";
    case "uploaded":
      return "It is uploaded. Next: it enters the queue.";
    case "pending":
    case "processing":
      return `Now: ${describeEvent(file)}. Next: "transpod watch ${id}" shows its progress.`;
    case "completed": {
      const saved = formatSaved(file);
      const smaller =
        saved === "" || saved.startsWith("-") ? "" : ` The result is ${saved} smaller.`;
      return `It is completed.${smaller} Next: "transpod get ${id}" downloads the result.`;
    }
    case "failed":
      return `It failed: ${file.failure?.detail ?? "no reason is known."} Next: "transpod retry ${id}" tries again.`;
    case "cancelled":
      return `It was cancelled. Next: "transpod retry ${id}" starts another attempt if it was uploaded.`;
  }
}
