/** Fewer frames look alike: one pair of stills is enough. */
const fewFrames = 12;

/**
 * The frames of a video that are shown as stills, counted from 0, ascending: the middles of the windows that
 * verification compares (verify/windows.ts), and a third of the way. `poster` is one of them. Pure.
 */
export function chooseFrames(
  total: number,
  windows: readonly { start: number; frames: number }[],
): { frames: number[]; poster: number } {
  if (total < fewFrames) {
    const middle = Math.floor(total / 2);
    return { frames: [middle], poster: middle };
  }
  const poster = Math.floor(total / 3);
  const middles = windows.map(({ start, frames }) => start + Math.floor(frames / 2));
  const frames = [...new Set([poster, ...middles])].toSorted((a, b) => a - b);
  return { frames, poster };
}
