import type { AwsOptions } from "./command.ts";

interface Place {
  region: string;
  account: string | undefined;
}

/** Where on earth: a person should see a wrong account or region at once. */
export function describePlace({ region, account }: Place, { endpoint }: AwsOptions): string {
  return endpoint === undefined
    ? `the AWS account ${account}, region ${region}`
    : `the emulator at ${endpoint}`;
}

/** Rows with columns of equal width, indented. */
export function asColumns(rows: readonly string[][]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd(),
  );
}
