import { InterruptedError } from "../exit.ts";

/** Aborts at the first Ctrl-C or SIGTERM, so that the command can say how to go on; the second one ends it at once. */
export function onInterrupt(advice: string): AbortSignal {
  const interrupted = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => interrupted.abort(new InterruptedError(advice)));
  }
  return interrupted.signal;
}
