/** What is said about a file that is refused, by the worker or the API, and by the page before the upload. Pure. */

export const notAVideo = "The file is not an MP4 or MOV video.";

export const wrongExtension = "Only .mp4 and .mov files are accepted.";

/** Sizes in bytes. */
export function uploadTooLarge(size: number, maxUploadBytes: number): string {
  return `The file is too large: ${size} bytes, but at most ${maxUploadBytes} are accepted.`;
}

const wellKnown: Readonly<Record<string, string>> = {
  av1: "AV1",
  vp8: "VP8",
  vp9: "VP9",
  mpeg4: "MPEG-4 Part 2",
  mpeg2video: "MPEG-2",
  mpeg1video: "MPEG-1",
  mjpeg: "Motion JPEG",
  prores: "ProRes",
  dnxhd: "DNxHD",
  h263: "H.263",
};

/** `codec` by ffmpeg's name. */
export function unsupportedCodec(codec: string): string {
  return `The file contains ${wellKnown[codec] ?? codec} video; Transpod converts between H.264 and H.265.`;
}

/** `held` says what else is in the file: `aac audio`. */
export function noVideoTrack(held: readonly string[]): string {
  const only = held.length === 0 ? "" : ` It contains only ${held.join(" and ")}.`;
  return `The file has no video track.${only}`;
}
