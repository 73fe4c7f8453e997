import type { StormFigures } from "./storm.ts";

/** The figures for a person. */
export function report(figures: StormFigures): string {
  const { findings } = figures;
  const rows = [
    ["took", `${figures.seconds} s`],
    ["submitted", figures.submitted],
    ["completed", figures.completed],
    ["failed", list(figures.failed_by_reason)],
    ["lost", figures.lost],
    ["published twice", figures.published_twice],
    ["attempts", list(figures.attempts)],
    ["from chunks", list({ ...figures.cut })],
    ["chunks left", figures.chunks_left],
    ["longest gap", `${figures.longest_gap_seconds} s without a completion`],
    ["peak memory", list(figures.peak_memory_bytes, megabytes)],
    ["kills", list(figures.kills)],
    ["events", list({ ...figures.events })],
    ["ended unexpectedly", figures.unasked_ends.join(" ") || "nothing"],
    ["findings", findings.length],
  ];
  return [
    ...rows.map(([name, value]) => `${String(name).padEnd(16)} ${value}`),
    ...findings.map((f) => `  ${f.severity} ${f.invariant}: file ${f.file_id}: ${f.sentence}`),
  ].join("\n");
}

function list<T>(figures: Record<string, T>, show: (value: T) => string = String): string {
  const entries = Object.entries(figures).map(([name, value]) => `${name} ${show(value)}`);
  return entries.join(", ") || "none";
}

function megabytes(bytes: number | null): string {
  return bytes === null ? "unknown" : `${Math.round(bytes / 1e6)} MB`;
}
