import { setTimeout as delay } from "node:timers/promises";
import type { ProgressRequest } from "@transpod/contract/work-protocol.ts";
import type { Logger } from "pino";
import { FencedError } from "./attempt-error.ts";

export type Progress = Omit<ProgressRequest, "lease">;

interface ReporterDeps {
  send: (progress: Progress) => Promise<void>;
  heartbeatSeconds: number;
  onFenced: (error: FencedError) => void;
  log: Logger;
}

/**
 * Reports progress to the controller: at most once a second, and at least once per heartbeat even when
 * nothing changed. From its answer we learn that we are fenced. That the controller can't be reached is
 * no reason to stop.
 */
export class ProgressReporter {
  readonly #deps: ReporterDeps;
  #latest: Progress = { phase: "download", percent: 0 };

  constructor(deps: ReporterDeps) {
    this.#deps = deps;
  }

  /** Replaces the progress. Codecs that are absent keep their values. */
  update(progress: Progress): void {
    const { original_codec, target_codec } = this.#latest;
    this.#latest = {
      ...(original_codec === undefined ? {} : { original_codec }),
      ...(target_codec === undefined ? {} : { target_codec }),
      ...progress,
    };
  }

  /** Resolves when the signal is aborted, or with the first answer that fences us. */
  async run(signal: AbortSignal): Promise<void> {
    const heartbeatMs = this.#deps.heartbeatSeconds * 1000;
    let sent: Progress | undefined;
    let sentAt = 0;
    while (!signal.aborted) {
      if (this.#latest !== sent || performance.now() - sentAt >= heartbeatMs) {
        sent = this.#latest;
        sentAt = performance.now();
        await this.#send(sent);
      }
      await delay(Math.min(1000, heartbeatMs), undefined, { signal }).catch(() => undefined);
    }
  }

  async #send(progress: Progress): Promise<void> {
    try {
      await this.#deps.send(progress);
    } catch (error) {
      if (error instanceof FencedError) this.#deps.onFenced(error);
      else this.#deps.log.warn({ event: "heartbeat_failed", why: String(error) });
    }
  }
}
