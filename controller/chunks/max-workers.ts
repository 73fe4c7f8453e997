import type { FailureCode } from "@transpod/contract/failures.ts";
import type { TranscodeSettings } from "@transpod/contract/transcode-settings.ts";
import type { AttemptRow } from "@transpod/store/attempts.ts";
import type { ControllerSettings } from "../config.ts";

/** A smaller video takes one worker about as long as several need to start and to join their chunks. */
const minBytes = 16 * 1024 ** 2;

/** Failures that cutting the video may have caused: the next attempt encodes it as a whole. */
const suspect: readonly FailureCode[] = [
  "internal_error",
  "transcode_failed",
  "verification_failed",
];

/** How many workers an attempt may have at the same time; 1: its video is not cut. Pure. */
export function maxWorkersOf(
  row: Pick<AttemptRow, "source_size_bytes" | "failure_codes">,
  { workers, on_damage }: Pick<TranscodeSettings, "workers" | "on_damage">,
  settings: Pick<ControllerSettings, "maxWorkersPerVideo" | "maxRunningJobs">,
): number {
  // How many frames are lost is only known when all are decoded.
  if (on_damage !== "fail") return 1;
  if (row.failure_codes.some((code) => suspect.includes(code))) return 1;
  const limit = Math.min(settings.maxWorkersPerVideo, settings.maxRunningJobs);
  if (workers === "auto") return row.source_size_bytes < minBytes ? 1 : limit;
  return Math.min(workers, limit);
}
