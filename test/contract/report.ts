import { alignColumns } from "../e2e/align-columns.ts";
import type { FuzzRun, FuzzedRequest } from "./fuzz.ts";

/** How often each operation was asked, and what it answered how often. */
export function describeRun(operations: readonly string[], { requests, seconds }: FuzzRun): string {
  const rows = operations.map((operation) =>
    row(
      operation,
      requests.filter((request) => request.operation === operation),
    ),
  );
  const others = requests.filter(({ operation }) => !operations.includes(operation));
  const total = `${requests.length} requests to ${operations.length} operations`;
  return [
    `${total} in ${seconds.toFixed(0)} s`,
    alignColumns([
      ["operation", "requests", "answers"],
      ...rows,
      row("methods that a path does not have", others),
    ]),
  ].join("\n");
}

function row(operation: string, requests: readonly FuzzedRequest[]): string[] {
  const byStatus = Map.groupBy(requests, ({ status }) => String(status ?? "none"));
  const answers = [...byStatus]
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([status, answered]) => `${status}: ${answered.length}`);
  return [operation, String(requests.length), answers.join(", ")];
}
