import { brokenCases } from "./cases-broken.ts";
import { captionCases } from "./cases-captions.ts";
import { colourCases } from "./cases-colour.ts";
import { durationCases } from "./cases-duration.ts";
import { pictureCases } from "./cases-picture.ts";
import { realCases } from "./cases-real.ts";
import { trackCases } from "./cases-tracks.ts";

export const groups = {
  "Real files": realCases,
  "Pictures and their times": pictureCases,
  "How long they are shown": durationCases,
  "Colours and HDR": colourCases,
  "Sound, subtitles, chapters, tags": trackCases,
  "Closed captions": captionCases,
  "Broken and hostile files": brokenCases,
} as const;

export const allCases = Object.values(groups).flat();
