import type { VideoTrack } from "../probe/media.ts";

export interface Size {
  width: number;
  height: number;
}

/** How large a video is displayed: with square pixels, and rotated. Pure. */
export function displayedSize(
  video: Pick<VideoTrack, "width" | "height" | "sampleAspectRatio" | "rotation">,
): Size {
  const width = video.width * ratioOf(video.sampleAspectRatio);
  const isTurned = Math.abs(Math.round(video.rotation / 90)) % 2 === 1;
  return isTurned ? { width: video.height, height: width } : { width, height: video.height };
}

/** The largest size of the same shape, in whole pixels, within these bounds. Pure. */
export function fitInto({ width, height }: Size, bounds: Size): Size {
  const scale = Math.min(1, bounds.width / width, bounds.height / height);
  const pixels = (length: number) => Math.max(1, Math.round(length * scale));
  return { width: pixels(width), height: pixels(height) };
}

function ratioOf(text: string | null): number {
  const [width, height] = (text ?? "1:1").split(":").map(Number);
  const ratio = (width ?? 1) / (height ?? 1);
  return Number.isFinite(ratio) && ratio > 0 ? ratio : 1;
}
