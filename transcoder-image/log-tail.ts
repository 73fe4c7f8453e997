import { lastLines, maxWorkerLogLines } from "@transpod/contract/worker-log.ts";

/** The last lines of the worker's log, for the report of a failure. */
export class LogTail {
  readonly #lines: string[] = [];

  /** `line` is an event as JSON. */
  push(line: string): void {
    this.#lines.push(lineForPeople(line));
    if (this.#lines.length > maxWorkerLogLines) this.#lines.shift();
  }

  /** A valid `workerLog`, without secrets; null when nothing was logged. */
  read(): string | null {
    return lastLines(this.#lines);
  }
}

/** Known to who reads the attempt, or of no use there. */
const left = new Set(["level", "time", "worker", "file_id", "attempt", "event", "lease", "stack"]);

/** An event as `2026-01-31T12:00:00.000Z phase phase=encode`. */
export function lineForPeople(line: string): string {
  const event = JSON.parse(line) as Record<string, unknown>;
  const fields = Object.entries(event)
    .filter(([name]) => !left.has(name))
    .map(([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`);
  return [event["time"], event["event"], ...fields].join(" ");
}
