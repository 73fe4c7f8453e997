import closeWithGrace from "close-with-grace";
import { TranspodError } from "@transpod/contract/errors.ts";

/** Something that runs until it is told to stop. */
export interface Service {
  stop(): Promise<void>;
}

const graceMs = 25_000;

/**
 * Starts a service and stops it on SIGTERM, SIGINT or an uncaught error. A TranspodError at start is
 * told as its sentence; anything else is a fault of ours and keeps its stack. Exits with 1 on both.
 */
export async function runService(start: () => Promise<Service>): Promise<void> {
  try {
    const service = await start();
    closeWithGrace({ delay: graceMs, logger: console }, async ({ err }) => {
      if (err !== undefined) console.error(err);
      await service.stop();
    });
  } catch (error) {
    console.error(error instanceof TranspodError ? error.message : error);
    process.exit(1);
  }
}
