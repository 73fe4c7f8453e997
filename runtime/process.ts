import { inspect } from "node:util";
import closeWithGrace from "close-with-grace";
import { TranspodError } from "@transpod/contract/errors.ts";

/** Something that runs until it is told to stop. */
export interface Service {
  stop(): Promise<void>;
}

const graceMs = 25_000;

/**
 * Starts a service and stops it on SIGTERM, SIGINT or an uncaught error. A TranspodError at start is
 * printed as its sentence; any other error is a bug and is printed with its stack. Exits with 1 on
 * both.
 */
export async function runService(start: () => Promise<Service>): Promise<void> {
  try {
    const service = await start();
    closeWithGrace({ delay: graceMs, logger: false }, async ({ err }) => {
      if (err !== undefined) tell(err);
      await service.stop().catch(tell);
    });
  } catch (error) {
    tell(error);
    process.exit(1);
  }
}

function tell(error: unknown): void {
  process.stderr.write(`${error instanceof TranspodError ? error.message : inspect(error)}\n`);
}
