import { maxPixels } from "../ffmpeg/child-process.ts";

/** What a file may ask of a worker; settings of whoever runs it. */
export interface Limits {
  /** Of one picture. */
  maxPixels: number;
  /** From the first to the last frame, as counted. */
  maxDurationSeconds: number;
  /** Of all kinds. */
  maxTracks: number;
}

export const defaultLimits: Limits = {
  maxPixels,
  maxDurationSeconds: 24 * 3600,
  maxTracks: 64,
};
