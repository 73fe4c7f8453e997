import { existsSync, renameSync, statSync } from "node:fs";
import { pino, type DestinationStream } from "pino";

export interface LogFileLimits {
  /** How large a file grows; only a single line that is longer makes it larger. */
  maxBytes: number;
  /** How many files there are at most, the one that is written included. */
  maxFiles: number;
}

export interface LogFile extends DestinationStream {
  /** Nothing can be written afterwards. */
  end(): void;
}

/**
 * Appends lines to a file. Before it would grow too large it becomes `<path>.1`, what had that name becomes
 * `<path>.2` and so on, and the oldest is replaced. All of it is synchronous: a line that was written is in
 * the file, whatever ends this process next. For one process: nobody else may write to the file.
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

/** The oldest first: a process that dies in between leaves every file under a name of its own. */
function renameAll(path: string, maxFiles: number): void {
  const names = [path, ...Array.from({ length: maxFiles - 1 }, (_, n) => `${path}.${n + 1}`)];
  for (let n = names.length - 1; n > 0; n -= 1) {
    if (existsSync(names[n - 1]!)) renameSync(names[n - 1]!, names[n]!);
  }
}
