import { runAttempt } from "./attempt/run-attempt.ts";
import { ConfigError } from "@transpod/runtime/environment.ts";
import { readConfig } from "./config.ts";
import { createLogger } from "./log.ts";
import { LogTail } from "./log-tail.ts";
import { stopSignal } from "./stop-signals.ts";
import { WorkClient } from "./work/work-client.ts";

/** Runs one attempt at one file; the exit code is the result (contract/failures.ts). */
async function main(): Promise<number> {
  const config = readConfig(process.env);
  const logTail = new LogTail();
  return runAttempt({
    config,
    work: new WorkClient(config),
    log: createLogger(config, logTail),
    logTail,
    stop: stopSignal(),
  });
}

try {
  // Not only process.exitCode: an idle connection must not keep us alive.
  process.exit(await main());
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
