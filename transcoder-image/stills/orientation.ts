import type { VideoTrack } from "../probe/media.ts";

/** By the signs of a, b, c and d. ffmpeg names a transposition by the turn, and `flip` for a mirrored one. */
const turns: Readonly<Record<string, string[]>> = {
  "1,0,0,1": [],
  "0,1,-1,0": ["transpose=clock"],
  "-1,0,0,-1": ["hflip", "vflip"],
  "0,-1,1,0": ["transpose=cclock"],
  "-1,0,0,1": ["hflip"],
  "1,0,0,-1": ["vflip"],
  "0,1,1,0": ["transpose=cclock_flip"],
  "0,-1,-1,0": ["transpose=clock_flip"],
};

/** ffmpeg's filters that turn or mirror a picture as players display it. Pure. Other angles are left out, as in most players. */
export function uprightFilters({ displayMatrix }: Pick<VideoTrack, "displayMatrix">): string[] {
  const signs = displayMatrix.map((value) => (Math.abs(value) < 0.5 ? 0 : Math.sign(value)));
  return turns[signs.join(",")] ?? [];
}
