import { pino, type Logger } from "pino";
import type { Config } from "./config.ts";
import type { LogTail } from "./log-tail.ts";

/** One JSON line per event on stdout, written at once: the process may end right after it. */
export function createLogger(
  { logLevel, worker }: Pick<Config, "logLevel" | "worker">,
  tail: LogTail,
): Logger {
  const stdout = pino.destination({ fd: 1, sync: true });
  const write = (line: string): void => {
    stdout.write(line);
    tail.push(line);
  };
  return pino(
    {
      level: logLevel,
      base: { worker },
      formatters: { level: (level) => ({ level }) },
      timestamp: pino.stdTimeFunctions.isoTime,
    },
    { write },
  );
}
