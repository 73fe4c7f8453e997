/**
 * At the start the encoder looks ahead before its first frame comes out; at the end, moving the
 * index to the front rewrites the file. ffmpeg shows no progress meanwhile.
 */
const startAndEndFactor = 10;

/**
 * For how many seconds ffmpeg may make no progress after `frame` frames before it counts as stalled.
 * Pure.
 */
export function stallTimeout(frame: number, totalFrames: number, stallSeconds: number): number {
  const isBetween = frame > 0 && frame < totalFrames;
  return isBetween ? stallSeconds : stallSeconds * startAndEndFactor;
}
