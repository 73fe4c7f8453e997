import { targetOf, type Codec } from "@transpod/contract/work-protocol.ts";
import type { FfmpegFacts } from "../ffmpeg/facts.ts";
import type { VideoTrack } from "../probe/media.ts";
import { isHdr } from "../probe/media.ts";
import { pixelFormatOf } from "../probe/pixel-format.ts";
import { keepColour, toneMap } from "./colour.ts";
import { encoder, type EncoderSettings } from "./encoder.ts";

export interface VideoPlan {
  codec: Codec;
  width: number;
  height: number;
  args: string[];
  notes: string[];
}

/** The encoder, its input format and the filters before it. */
export function planVideo(
  video: VideoTrack,
  ffmpeg: FfmpegFacts,
  settings: EncoderSettings,
): VideoPlan {
  const codec = video.codec === "hevc" ? targetOf.hevc : targetOf.h264;
  const shape = planShape(video);
  const pixels = planPixels(video, codec);
  const colour =
    codec === "h264" && isHdr(video.colour) ? toneMap(video, ffmpeg) : keepColour(video.colour);
  const filters = [...shape.filters, ...colour.filters];
  const dolbyVision = video.dolbyVision
    ? ["Dolby Vision metadata was dropped; the picture beneath it was kept."]
    : [];
  return {
    codec,
    width: shape.width,
    height: shape.height,
    args: [
      filters.length === 0 ? [] : ["-filter:v:0", filters.join(",")],
      encoder(codec, settings),
      ["-pix_fmt:v:0", pixels.format],
    ].flat(),
    notes: [...shape.notes, ...pixels.notes, ...colour.notes, ...dolbyVision],
  };
}

/** Both encoders refuse odd sizes; interlaced pictures are made whole, one frame for each. */
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

/** 10 bits stay 10 bits in H.265; H.264 gets the 8 bits that every player shows. */
function planPixels(video: VideoTrack, codec: Codec) {
  const { chroma, bits } = pixelFormatOf(video.pixelFormat);
  const isDeep = codec === "hevc" && bits > 8;
  const notes = [
    ...(chroma === "4:2:2" || chroma === "4:4:4" || chroma === "RGB"
      ? [`Colour resolution was reduced from ${chroma} to 4:2:0, which players expect.`]
      : []),
    ...(bits > (isDeep ? 10 : 8)
      ? [`Colour depth was reduced from ${bits} to ${isDeep ? 10 : 8} bits.`]
      : []),
  ];
  // The "j" keeps 8-bit full-range video from being squeezed into the limited range.
  const isFullRange = video.pixelFormat.startsWith("yuvj");
  return { format: isDeep ? "yuv420p10le" : isFullRange ? "yuvj420p" : "yuv420p", notes };
}
