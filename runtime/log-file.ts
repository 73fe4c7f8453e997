import { existsSync, renameSync, statSync } from "node:fs";
import { pino, type DestinationStream } from "pino";

export interface LogFileLimits {
  /** The largest size of a file, except when a single line is longer. */
  maxBytes: number;
  /** The number of files, including the current one. */
  maxFiles: number;
}

export interface LogFile extends DestinationStream {
  /** Nothing can be written afterwards. */
  end(): void;
}

/**
 * Appends lines to a file. When a line would make the file larger than `maxBytes`, the file is renamed to
 * `<path>.1`, `<path>.1` to `<path>.2` and so on; the oldest is overwritten. All of it is synchronous: a line
 * that was written is in the file, even if the process is killed right after. Only one process may write to
 * the file.
 */
export function openLogFile(path: string, { maxBytes, maxFiles }: LogFileLimits): LogFile {
  const file = pino.destination({ dest: path, sync: true });
  let bytes = statSync(path).size;
  return {
    write(line) {
      const added = Buffer.byteLength(line);
      if (bytes > 0 && bytes + added > maxBytes) {
        renameAll(path, maxFiles);
        file.reopen();
        bytes = 0;
      }
      file.write(line);
      bytes += added;
    },
    end: () => file.end(),
  };
}

/** The oldest first: a process that is killed in between loses no file but the oldest. */
function renameAll(path: string, maxFiles: number): void {
  const names = [path, ...Array.from({ length: maxFiles - 1 }, (_, n) => `${path}.${n + 1}`)];
  for (let n = names.length - 1; n > 0; n -= 1) {
    if (existsSync(names[n - 1]!)) renameSync(names[n - 1]!, names[n]!);
  }
}
