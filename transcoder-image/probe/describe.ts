import type { FfprobeOutput, FfprobeStream } from "./ffprobe-output.ts";
import type { AudioTrack, Colour, Media, OtherTrack, SubtitleTrack, VideoTrack } from "./media.ts";

/** Converts ffprobe's output to our types. Pure. */
export function describe(probed: FfprobeOutput): Media {
  const ofType = (type: string) => probed.streams.filter((s) => s.codec_type === type);
  const isCover = (s: FfprobeStream) => s.disposition["attached_pic"] === 1;
  const video = ofType("video");
  return {
    video: video.filter((s) => !isCover(s)).map(videoTrack),
    audio: ofType("audio").map(audioTrack),
    subtitles: ofType("subtitle").map(subtitleTrack),
    covers: video.filter(isCover).map(otherTrack),
    data: probed.streams
      .filter((s) => !["video", "audio", "subtitle"].includes(s.codec_type ?? ""))
      .filter((s) => !isRegenerated(s, probed.chapters.length))
      .map(otherTrack),
    chapterCount: probed.chapters.length,
    timecode:
      probed.streams.find((s) => s.tags["timecode"] !== undefined)?.tags["timecode"] ?? null,
    tagNames: Object.keys(probed.format.tags),
    encrypted: probed.packets.some((p) =>
      p.side_data_list.some((data) => data.side_data_type?.startsWith("Encryption")),
    ),
    startSeconds: seconds(probed.format.start_time),
    durationSeconds: probed.format.duration ?? 0,
    sizeBytes: probed.format.size,
  };
}

/**
 * The muxer writes new tracks for chapters and for a timecode from the metadata, so the source's tracks
 * are not lost.
 */
function isRegenerated({ codec_tag_string: tag }: FfprobeStream, chapterCount: number): boolean {
  return tag === "tmcd" || (tag === "text" && chapterCount > 0);
}

function otherTrack(stream: FfprobeStream): OtherTrack {
  const tag = stream.codec_tag_string;
  const letters = tag !== undefined && /^[\w ]{4}$/.test(tag) ? tag : "unknown";
  return { index: stream.index, codec: stream.codec_name ?? letters };
}

/** ffprobe says "unknown" of codecs that have no name, such as CTA-708 captions (`c708`). */
function subtitleTrack(stream: FfprobeStream): SubtitleTrack {
  const { codec_name: name, nb_frames: claimed, start_time: start } = stream;
  const named = name === "unknown" ? { ...stream, codec_name: undefined } : stream;
  return { ...otherTrack(named), claimedPackets: claimed ?? null, startSeconds: seconds(start) };
}

function audioTrack(stream: FfprobeStream): AudioTrack {
  return {
    ...otherTrack(stream),
    channels: stream.channels ?? 0,
    startSeconds: seconds(stream.start_time),
  };
}

function videoTrack(stream: FfprobeStream): VideoTrack {
  return {
    ...otherTrack(stream),
    trackId: stream.id ?? 0,
    profile: stream.profile ?? null,
    tag: stream.codec_tag_string ?? "",
    pixelFormat: stream.pix_fmt ?? "",
    width: stream.width ?? 0,
    height: stream.height ?? 0,
    sampleAspectRatio: known(stream.sample_aspect_ratio),
    rotation: stream.side_data_list.find((data) => data.rotation !== undefined)?.rotation ?? 0,
    displayMatrix: displayMatrix(stream),
    frameRate: ratio(stream.avg_frame_rate),
    timeBase: stream.time_base ?? "",
    startSeconds: seconds(stream.start_time),
    durationSeconds: seconds(stream.duration),
    interlaced: ["tt", "bb", "tb", "bt"].includes(stream.field_order ?? ""),
    colour: colourOf(stream),
    dolbyVision: stream.side_data_list.some((d) => d.side_data_type?.startsWith("DOVI")),
    claimedFrames: stream.nb_frames ?? null,
    isDefault: stream.disposition["default"] === 1,
  };
}

/** ffprobe prints three lines of three numbers, each line after its address: `00000000:            0       65536           0`. */
function displayMatrix({ side_data_list }: FfprobeStream): VideoTrack["displayMatrix"] {
  const text = side_data_list.find((data) => data.displaymatrix !== undefined)?.displaymatrix;
  const lines = (text ?? "").trim().split("\n");
  const [[a, b] = [], [c, d] = []] = lines.map((line) =>
    line.split(/\s+/).slice(1).map(fixedPoint),
  );
  return [a ?? 1, b ?? 0, c ?? 0, d ?? 1];
}

function fixedPoint(text: string): number {
  return Number(text) / 65_536;
}

function colourOf(stream: FfprobeStream): Colour {
  return {
    primaries: known(stream.color_primaries),
    transfer: known(stream.color_transfer),
    space: known(stream.color_space),
    range: known(stream.color_range),
  };
}

/** ffprobe prints "N/A" for an empty track. */
function seconds(value: number | undefined): number {
  return Number.isFinite(value) ? (value ?? 0) : 0;
}

function known(value: string | undefined): string | null {
  return value === undefined || ["unknown", "reserved", "N/A", "0:1"].includes(value)
    ? null
    : value;
}

/** `30000/1001` as a number; 0 when it is unknown. */
function ratio(text: string | undefined): number {
  const [numerator, denominator] = (text ?? "").split("/").map(Number);
  const value = (numerator ?? 0) / (denominator ?? 1);
  return Number.isFinite(value) ? value : 0;
}
