import type { FfmpegFacts } from "../ffmpeg/facts.ts";
import type { Colour, VideoTrack } from "../probe/media.ts";

interface ColourPlan {
  filters: string[];
  notes: string[];
}

/**
 * Passes the source's colour tags to the encoder. A source may have them only in the container, where
 * the decoder does not see them. From ffmpeg 7 on the output's `-color_*` options are ignored, so a
 * filter sets them in all versions.
 */
export function keepColour(colour: Colour): ColourPlan {
  const { primaries, transfer, space, range } = colourOfYuv(colour);
  const tags = [
    ["color_primaries", primaries],
    ["color_trc", transfer],
    ["colorspace", space],
    ["range", range],
  ].filter(([, value]) => value !== null);
  if (tags.length === 0) return { filters: [], notes: [] };
  return { filters: [`setparams=${tags.map((pair) => pair.join("=")).join(":")}`], notes: [] };
}

/** RGB is converted to YUV, so its matrix and range would be wrong; ffmpeg sets the new ones. */
export function colourOfYuv(colour: Colour): Colour {
  return colour.space === "gbr" ? { ...colour, space: null, range: null } : colour;
}

/** The colours after tone mapping. */
export const sdr: Colour = { primaries: "bt709", transfer: "bt709", space: "bt709", range: "tv" };

const hdrSideData = ["MASTERING_DISPLAY_METADATA", "CONTENT_LIGHT_LEVEL"];

/** HDR for screens that show 8 bits of BT.709: linear light, compressed highlights, back. */
export function toneMap({ colour }: VideoTrack, { hasZscale }: FfmpegFacts): ColourPlan {
  if (!hasZscale) {
    return {
      filters: keepColour(colour).filters,
      notes: ["The HDR video was not tone-mapped: this ffmpeg has no zscale filter."],
    };
  }
  return {
    filters: [
      // zscale needs the container's colour tags to convert from them.
      ...keepColour(colour).filters,
      "zscale=t=linear:npl=203",
      "format=gbrpf32le",
      "zscale=p=bt709",
      "tonemap=mobius:desat=0",
      "zscale=t=bt709:m=bt709:r=tv",
      "format=yuv420p",
      ...hdrSideData.map((type) => `sidedata=mode=delete:type=${type}`),
    ],
    notes: ["HDR was tone-mapped to SDR (BT.709), which every H.264 player can show."],
  };
}
