import { AttemptError } from "./attempt/attempt-error.ts";

/** Aborted when the platform stops this process, by SIGTERM or SIGINT. */
export function stopSignal(): AbortSignal {
  const controller = new AbortController();
  const stop = () => {
    controller.abort(new AttemptError("interrupted", "The worker was told to stop."));
  };
  process.on("SIGTERM", stop).on("SIGINT", stop);
  return controller.signal;
}
