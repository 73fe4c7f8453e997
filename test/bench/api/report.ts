import { alignColumns } from "../../e2e/align-columns.ts";
import type { Ratio, Summary } from "./rounds.ts";
import type { Contender } from "./servers.ts";

export interface OperationResult {
  operation: string;
  summaries: (Summary & { name: Contender })[];
  ratios: Ratio[];
}

const heads = ["requests/s", "p50 ms", "p99 ms", "CPU ms", "CPU ms of Postgres"];

export function describeRounds({ operation, summaries, ratios }: OperationResult): string {
  const cells = (of: Summary, digits: number) =>
    [
      of.requestsPerSecond.toFixed(digits),
      ...[of.p50, of.p99, of.cpuMs, of.postgresCpuMs].map((value) => value.toFixed(2)),
    ] as const;
  const table = [
    [operation, ...heads],
    ...summaries.map((summary) => [summary.name, ...cells(summary, 0)]),
    ...ratios.map(({ contender, peer, ratios: of }) => [`${contender} / ${peer}`, ...cells(of, 2)]),
  ];
  return `${alignColumns(table)}\n`;
}
