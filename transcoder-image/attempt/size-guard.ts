import type { TranscodeSettings } from "@transpod/contract/transcode-settings.ts";
import type { Codec } from "@transpod/contract/work-protocol.ts";
import type { FfmpegProgress } from "../ffmpeg/progress.ts";
import { projectedGrowth } from "../plan/size-guard.ts";
import { AttemptError } from "./attempt-error.ts";

/** Ends an encode whose result becomes larger than its source, for a client that chose `stop`. */
export class SizeGuard {
  readonly #stop = new AbortController();
  readonly #isOn: boolean;
  readonly #target: Codec;
  readonly #sourceBytes: number;

  constructor(target: Codec, settings: TranscodeSettings, sourceBytes: number) {
    this.#isOn = settings.if_larger === "stop";
    this.#target = target;
    this.#sourceBytes = sourceBytes;
  }

  /** Aborted with an AttemptError `already_optimal` as soon as it is clear. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  see({ frame, total_size_bytes: writtenBytes }: FfmpegProgress, totalFrames: number): void {
    if (!this.#isOn || writtenBytes === null) return;
    const sourceBytes = this.#sourceBytes;
    const growth = projectedGrowth({ sourceBytes, writtenBytes, frame, totalFrames });
    if (growth !== null) this.#stop.abort(this.#tooLarge(growth));
  }

  /** Throws AttemptError `already_optimal`. */
  seeEnd(outputBytes: number): void {
    if (this.#isOn && outputBytes > this.#sourceBytes) {
      throw this.#tooLarge(outputBytes / this.#sourceBytes);
    }
  }

  #tooLarge(growth: number): AttemptError {
    const codec = this.#target === "hevc" ? "H.265" : "H.264";
    const size =
      growth < 1.05 ? "be about as large" : `be about ${growth.toFixed(1)} times as large`;
    return new AttemptError(
      "already_optimal",
      `At this quality ${codec} does not make the file smaller: the result would ${size}. ` +
        'Retry it with the settings {"if_larger": "keep"} to get the larger result.',
    );
  }
}
