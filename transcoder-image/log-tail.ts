import { lastLines, maxWorkerLogLines, readableLine } from "@transpod/contract/worker-log.ts";

/** The last lines of a worker's log, for when it fails. */
export class LogTail {
  readonly #lines: string[] = [];

  /** `line` is an event as JSON, or any other output. */
  push(line: string): void {
    this.#lines.push(readableLine(line));
    if (this.#lines.length > maxWorkerLogLines) this.#lines.shift();
  }

  /** A valid `workerLog`, without secrets; null when nothing was logged. */
  read(): string | null {
    return lastLines(this.#lines);
  }
}
