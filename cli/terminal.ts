import { createInterface } from "node:readline/promises";
import { CancelledError } from "./exit.ts";

/** The output of a command: its result on stdout, its progress on stderr. */
export interface Terminal {
  /** Whether a person can answer. */
  interactive: boolean;
  /** The answer to a question. Throws a CancelledError on Ctrl-C and Ctrl-D. */
  ask(question: string): Promise<string>;
  /** The current step: one line that is overwritten; without a terminal a new line now and then. */
  status(text: string): void;
  /** A line that is not overwritten. */
  say(line: string): void;
  /** The result, for a person or for a program. */
  result(lines: string[], json: object): void;
}

const quietMs = 10_000;
const clearLine = "\r\u001B[2K";

export function createTerminal({ json }: { json: boolean }): Terminal {
  const { stdin, stdout, stderr } = process;
  const watched = stderr.isTTY && !json;
  let lastStatus = performance.now();
  let dirty = false;

  function clear(): void {
    if (dirty) stderr.write(clearLine);
    dirty = false;
  }
  return {
    interactive: watched && stdin.isTTY,
    async ask(question) {
      clear();
      const cancelled = new AbortController();
      const lines = createInterface({ input: stdin, output: stderr });
      lines.on("SIGINT", () => lines.close()).on("close", () => cancelled.abort());
      try {
        return await lines.question(question, { signal: cancelled.signal });
      } catch (cause) {
        stderr.write("\n");
        throw new CancelledError(cause);
      } finally {
        lines.close();
      }
    },
    status(text) {
      if (watched) {
        stderr.write(`${clearLine}${text.slice(0, (stderr.columns || 80) - 1)}`);
        dirty = true;
      } else if (performance.now() - lastStatus > quietMs) {
        stderr.write(`${text}\n`);
        lastStatus = performance.now();
      }
    },
    say(line) {
      clear();
      stderr.write(`${line}\n`);
    },
    result(lines, machine) {
      clear();
      stdout.write(json ? `${JSON.stringify(machine)}\n` : `${lines.join("\n")}\n`);
    },
  };
}
