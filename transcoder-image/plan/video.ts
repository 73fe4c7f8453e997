import type { Codec, Hdr10 } from "@transpod/contract/work-protocol.ts";
import type { FfmpegFacts } from "../ffmpeg/facts.ts";
import { isHdr, type Colour, type Source, type VideoTrack } from "../probe/media.ts";
import { pixelFormatOf } from "../probe/pixel-format.ts";
import { planCaptions, type CaptionPlan } from "./captions.ts";
import { colourOfYuv, keepColour, sdr, toneMap } from "./colour.ts";
import { encoder, targetFor, type EncoderSettings } from "./encoder.ts";
import { hdr10Params } from "./hdr10.ts";

/** ffmpeg's filters before the encoder; each makes one frame of one frame. */
export interface VideoFilters {
  /** They may look at the frames beside a frame. */
  shape: string[];
  colour: string[];
}

export interface VideoPlan {
  codec: Codec;
  width: number;
  height: number;
  /** The colour tags of the output; null where the source has none. */
  colour: Colour;
  /** Null when there is nothing to keep. */
  hdr10: Hdr10 | null;
  filters: VideoFilters;
  /** Of what the encoder is given. */
  pixelFormat: string;
  captions: CaptionPlan;
  args: string[];
  notes: string[];
}

/** The encoder, its input format and the filters before it. */
export function planVideo(
  { video, hdr10, captions: found }: Source,
  ffmpeg: FfmpegFacts,
  { requested, cpus, frameRate, output }: EncoderSettings & { output: string },
): VideoPlan {
  const codec = targetFor(video);
  const shape = planShape(video);
  const becomesSdr = codec === "h264" && isHdr(video.colour) && ffmpeg.hasZscale;
  const pixels = planPixels(video, codec, becomesSdr);
  const colour =
    codec === "h264" && isHdr(video.colour) ? toneMap(video, ffmpeg) : keepColour(video.colour);
  const filters = { shape: shape.filters, colour: [...colour.filters, ...pixels.filters] };
  const chain = [...filters.shape, ...filters.colour];
  const captions = planCaptions(found, { codec, ffmpeg, output });
  const light = codec === "hevc" && hdr10 !== null ? hdr10Params(hdr10) : [];
  const params = [...light, ...captions.params];
  const dolbyVision = video.dolbyVision
    ? ["Dolby Vision metadata was dropped; the base layer was kept."]
    : [];
  return {
    codec,
    width: shape.width,
    height: shape.height,
    colour: becomesSdr ? sdr : colourOfYuv(video.colour),
    hdr10: codec === "hevc" ? hdr10 : null,
    filters,
    pixelFormat: pixels.format,
    captions,
    args: [
      chain.length === 0 ? [] : ["-filter:v:0", chain.join(",")],
      encoder(codec, { requested, cpus, params, frameRate }),
      captions.args,
      ["-pix_fmt:v:0", pixels.format],
    ].flat(),
    notes: [
      ...[...shape.notes, ...pixels.notes, ...colour.notes],
      ...[...dolbyVision, ...captions.notes],
    ],
  };
}

/** Both encoders refuse odd sizes. Deinterlacing makes one frame of each interlaced frame. */
function planShape(video: VideoTrack) {
  const width = video.width - (video.width % 2);
  const height = video.height - (video.height % 2);
  const isOdd = width !== video.width || height !== video.height;
  const filters = [
    ...(video.interlaced ? ["bwdif=mode=send_frame:parity=auto:deint=interlaced"] : []),
    ...(isOdd ? [`crop=${width}:${height}:0:0`] : []),
  ];
  const notes = [
    ...(video.interlaced ? ["The video is interlaced; it was deinterlaced."] : []),
    ...(isOdd
      ? [
          `Cropped from ${video.width} x ${video.height} to ${width} x ${height}: sizes must be even.`,
        ]
      : []),
  ];
  return { width, height, filters, notes };
}

/** 10 bits stay 10 bits in H.265; H.264 gets 8 bits, which every player supports. */
function planPixels(video: VideoTrack, codec: Codec, becomesSdr: boolean) {
  const { chroma, bits } = pixelFormatOf(video.pixelFormat);
  const isDeep = codec === "hevc" && bits > 8;
  const notes = [
    ...(chroma === "4:2:2" || chroma === "4:4:4" || chroma === "RGB"
      ? [`Colour resolution was reduced from ${chroma} to 4:2:0, which players expect.`]
      : []),
    ...(bits > (isDeep ? 10 : 8) ? [depthNote(bits, codec)] : []),
  ];
  const isFullRange = chroma !== "RGB" && !becomesSdr && video.colour.range === "pc";
  // Keeps full range from being converted to limited range: by the "j" format in 8 bits, by a filter in
  // 10 bits.
  const format = isDeep ? "yuv420p10le" : isFullRange ? "yuvj420p" : "yuv420p";
  const isSqueezed = isDeep && isFullRange && video.pixelFormat !== format;
  const filters = isSqueezed ? ["scale=in_range=full:out_range=full", `format=${format}`] : [];
  return { format, filters, notes };
}

function depthNote(bits: number, codec: Codec): string {
  return codec === "hevc"
    ? `Colour depth was reduced from ${bits} to 10 bits: few H.265 players show more.`
    : `Colour depth was reduced from ${bits} to 8 bits: few H.264 players show more.`;
}
