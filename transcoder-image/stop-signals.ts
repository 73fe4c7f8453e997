import { AttemptError } from "./attempt/attempt-error.ts";

/**
 * Aborted when the platform takes this process away: by SIGTERM or SIGINT, or, where the parent
 * asked for it, by the end of stdin. The parent holds the other end of that pipe, and the kernel
 * closes it even when the parent was killed with no chance to say goodbye.
 */
export function stopSignal({ exitWithParent }: { exitWithParent: boolean }): AbortSignal {
  const controller = new AbortController();
  const stop = (why: string) => () => controller.abort(new AttemptError("interrupted", why));
  process.on("SIGTERM", stop("The worker was told to stop."));
  process.on("SIGINT", stop("The worker was told to stop."));
  if (exitWithParent) {
    const parentDied = stop("The process that started the worker is gone.");
    process.stdin.on("end", parentDied).on("error", parentDied).resume();
  }
  return controller.signal;
}
