import { pino, type Logger } from "pino";
import type { Config } from "./config.ts";

/** One JSON line per event on stdout, written at once: the process may end right after it. */
export function createLogger({ logLevel, worker }: Pick<Config, "logLevel" | "worker">): Logger {
  return pino({
    level: logLevel,
    base: { worker },
    formatters: { level: (level) => ({ level }) },
    timestamp: pino.stdTimeFunctions.isoTime,
  });
}
