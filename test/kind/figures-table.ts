import { alignColumns } from "../e2e/align-columns.ts";

/** Seconds. */
export interface Figure {
  what: string;
  count: number;
  p50: number;
  p99: number;
  most: number;
}

export function summarize(what: string, seconds: readonly number[]): Figure {
  const sorted = seconds.toSorted((a, b) => a - b);
  const percentile = (percent: number) =>
    sorted[Math.ceil((percent / 100) * sorted.length) - 1] ?? Number.NaN;
  return {
    what,
    count: sorted.length,
    p50: percentile(50),
    p99: percentile(99),
    most: percentile(100),
  };
}

export function tableOf(figures: readonly Figure[]): string {
  const rows = figures.map(({ what, count, p50, p99, most }) => [
    what,
    `${count}`,
    ...[p50, p99, most].map((seconds) => `${seconds.toFixed(3)} s`),
  ]);
  return alignColumns([["", "n", "p50", "p99", "most"], ...rows]);
}
