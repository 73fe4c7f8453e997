/** Frames that follow each other, from `start` (counted from 0) on. */
export interface Window {
  start: number;
  frames: number;
}

const mostWindows = 8;
const mostFrames = 48;
const leastFrames = 3;
/** With 8 bits, 150 MB of raw pictures in 4:2:0; with 10 bits, 300 MB. */
const mostPixels = 100e6;

/**
 * Which frames of a video become samples: windows at equal distances, from the first frame to the last one, or all of
 * a short video. Large pictures make fewer. Pure. `pixels` is the area of a picture.
 */
export function chooseWindows(total: number, pixels: number): Window[] {
  const most = Math.max(leastFrames, Math.min(mostFrames, Math.floor(mostPixels / pixels)));
  if (total <= most) return consecutive(Math.ceil(total / mostWindows), total);
  const count = Math.min(mostWindows, most);
  const frames = Math.floor(most / count);
  return Array.from({ length: count }, (_, i) => ({
    start: Math.round((i * (total - frames)) / (count - 1)),
    frames,
  }));
}

function consecutive(frames: number, total: number): Window[] {
  return Array.from({ length: Math.ceil(total / frames) }, (_, i) => ({
    start: i * frames,
    frames: Math.min(frames, total - i * frames),
  }));
}

/** The frames in all windows, in order. */
export function framesOf(windows: readonly Window[]): number[] {
  return windows.flatMap(({ start, frames }) =>
    Array.from({ length: frames }, (_, i) => start + i),
  );
}
