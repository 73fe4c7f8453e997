/** One report of `ffmpeg -progress`. Values that ffmpeg does not know yet are null. */
export interface FfmpegProgress {
  frame: number;
  fps: number | null;
  /** Media seconds per second. */
  speed: number | null;
  out_time_seconds: number | null;
  total_size_bytes: number | null;
}

/** Collects the `key=value` lines of `-progress`; a `progress=` line ends each report. */
export class ProgressParser {
  #fields = new Map<string, string>();

  /** The report, if this line ends one. Lines that are not `key=value` are skipped. */
  push(line: string): FfmpegProgress | undefined {
    const separator = line.indexOf("=");
    if (separator < 0) return undefined;
    const key = line.slice(0, separator).trim();
    if (key !== "progress") {
      this.#fields.set(key, line.slice(separator + 1).trim());
      return undefined;
    }
    const fields = this.#fields;
    this.#fields = new Map();
    const microseconds = numberOf(fields.get("out_time_us"));
    return {
      frame: numberOf(fields.get("frame")) ?? 0,
      fps: numberOf(fields.get("fps")),
      speed: numberOf(fields.get("speed")),
      out_time_seconds: microseconds === null ? null : microseconds / 1e6,
      total_size_bytes: numberOf(fields.get("total_size")),
    };
  }
}

/** `12`, `1.5x`; null for `N/A` and for what is missing. */
function numberOf(text: string | undefined): number | null {
  const value = Number.parseFloat(text ?? "");
  return Number.isFinite(value) && value >= 0 ? value : null;
}

/** Encoders look ahead, so that the first frames come late and then in a burst. */
const minFramesForEta = 60;

/**
 * Progress of the phase for people, from a report and the expected number of frames. Speeds are
 * meaningless before the first frames, and an ETA needs a minimum of frames, or a quarter of a short
 * video.
 */
export function encodeProgress(progress: FfmpegProgress, totalFrames: number) {
  const frame = Math.min(progress.frame, totalFrames);
  const { fps, speed } = progress;
  const isMoving = frame > 0 && fps !== null && fps > 0;
  const isSettled = frame >= Math.min(minFramesForEta, totalFrames / 4);
  return {
    percent: totalFrames === 0 ? 0 : Math.round((frame / totalFrames) * 1000) / 10,
    frame,
    total_frames: totalFrames,
    ...(isMoving ? { fps } : {}),
    ...(isMoving && speed !== null ? { speed } : {}),
    ...(isMoving && isSettled ? { eta_seconds: Math.round((totalFrames - frame) / fps) } : {}),
  };
}
