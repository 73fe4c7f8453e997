import type { FailureCode } from "@transpod/contract/failures.ts";

const keptLines = 20;
const anError = /\[(error|fatal|panic)\]/;

/** What ffmpeg says on stderr: the last lines of it, and how many of them are errors. */
export class Diagnostics {
  readonly lines: string[] = [];
  errorCount = 0;

  push(line: string): void {
    if (line.trim() === "") return;
    if (anError.test(line)) this.errorCount += 1;
    this.lines.push(line);
    if (this.lines.length > keptLines) this.lines.shift();
  }

  /** The last words for an error message. */
  get tail(): string {
    return this.lines.slice(-5).join(" | ");
  }
}

/** Why ffmpeg ended without success. A SIGKILL that was not ours is the kernel's: out of memory. */
export function causeOfFailure(
  exitCode: number | undefined,
  signal: string | undefined,
  lines: readonly string[],
): { code: FailureCode; sentence: string } {
  const said = lines.join("\n");
  if (/No space left on device/i.test(said)) {
    return { code: "disk_full", sentence: "The disk of the worker is full." };
  }
  if (signal === "SIGKILL" || /Cannot allocate memory|malloc of size/i.test(said)) {
    return { code: "out_of_memory", sentence: "ffmpeg ran out of memory." };
  }
  const how = signal === undefined ? `exit code ${exitCode}` : signal;
  return { code: "transcode_failed", sentence: `ffmpeg ended with ${how}.` };
}
