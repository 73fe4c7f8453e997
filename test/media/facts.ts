import { execa } from "execa";
import { z } from "zod";

const tags = z.record(z.string(), z.string()).default({});
const stream = z.object({
  index: z.int(),
  codec_type: z.string(),
  codec_name: z.string().optional(),
  codec_tag_string: z.string(),
  pix_fmt: z.string().optional(),
  width: z.int().optional(),
  height: z.int().optional(),
  sample_aspect_ratio: z.string().default("1:1"),
  color_primaries: z.string().default("unknown"),
  color_transfer: z.string().default("unknown"),
  color_space: z.string().default("unknown"),
  color_range: z.string().default("unknown"),
  start_time: z.coerce.number().optional(),
  duration: z.coerce.number().optional(),
  disposition: z.record(z.string(), z.number()),
  tags,
  side_data_list: z
    .array(z.looseObject({ side_data_type: z.string(), rotation: z.number().optional() }))
    .default([]),
});
const packet = z.object({
  type: z.literal("packet"),
  stream_index: z.int(),
  pts_time: z.coerce.number().optional(),
  flags: z.string(),
});
const frame = z.object({
  type: z.literal("frame"),
  stream_index: z.int(),
  side_data_list: z.array(z.looseObject({ side_data_type: z.string() })).default([]),
});
const probed = z.object({
  packets_and_frames: z.array(
    z.discriminatedUnion("type", [packet, frame, z.object({ type: z.literal("subtitle") })]),
  ),
  streams: z.array(stream),
  chapters: z.array(z.object({ start_time: z.coerce.number(), tags })),
  format: z.object({ tags, duration: z.coerce.number() }),
});

type Stream = z.infer<typeof stream>;
type Packet = z.infer<typeof packet>;
type Frame = z.infer<typeof frame>;

/** ffprobe's facts about a file. ffprobe is run here: nothing that the worker found is used. */
export async function readFacts(path: string) {
  // One process for all, since starting ffprobe takes longer than reading a small file.
  const { streams, chapters, format, packets, frames } = await probe(path);
  const ofType = (type: string) => streams.filter((each) => each.codec_type === type);
  const isCover = (each: Stream) => each.disposition["attached_pic"] === 1;
  const video = ofType("video").find((each) => !isCover(each));
  if (video === undefined) throw new Error(`${path} has no video track`);
  const audio = ofType("audio");
  const codecs = (of: Stream[]) => of.map((each) => each.codec_name);
  return {
    codec: video.codec_name,
    tag: video.codec_tag_string,
    size: `${video.width}x${video.height}`,
    pixelFormat: video.pix_fmt,
    pixelShape: video.sample_aspect_ratio === "0:1" ? "1:1" : video.sample_aspect_ratio,
    colour: coloursOf(video),
    rotation: video.side_data_list.find((data) => data.rotation !== undefined)?.rotation ?? 0,
    times: timesOf(
      hasCaptionTrack(streams) ? await readPackets(path, video.index) : packets,
      video,
    ),
    /** The duration of the video by ffprobe: the shortest of edit list, header and samples. */
    seconds: video.duration ?? NaN,
    /** The end of the movie, from the start of the video. */
    movieSeconds: format.duration - Math.max(0, video.start_time ?? 0),
    audio: codecs(audio),
    languages: audio.map((each) => each.tags["language"] ?? "und"),
    hdr10: hdr10Of(frames, video),
    /** Seconds from the picture's start to the sound's. */
    soundOffsets: audio.map((each) => (each.start_time ?? 0) - (video.start_time ?? 0)),
    subtitles: codecs(ofType("subtitle")),
    covers: codecs(ofType("video").filter(isCover)),
    chapters: chapters.map((each) => [each.start_time, each.tags["title"]]),
    tags: { ...timecodeOf(video), ...format.tags },
  };
}

/** Pictures are decoded only where decoding can start, which is enough for the first one. */
async function probe(path: string) {
  const headers = ["-show_streams", "-show_chapters", "-show_format"];
  const contents = ["-show_packets", "-show_frames", "-skip_frame:v", "nokey"];
  const args = ["-v", "error", ...headers, ...contents, "-of", "json", path];
  const { stdout } = await execa("ffprobe", args);
  const { packets_and_frames: both, ...rest } = probed.parse(JSON.parse(stdout));
  return {
    ...rest,
    packets: both.filter((each) => each.type === "packet"),
    frames: both.filter((each) => each.type === "frame"),
  };
}

/** The static HDR metadata of the first picture that can be decoded alone, as `name=value` in ffprobe's words. */
function hdr10Of(frames: readonly Frame[], { index }: Stream): string[] {
  const sideData = frames.find((each) => each.stream_index === index)?.side_data_list ?? [];
  return sideData
    .filter(({ side_data_type: type }) => /^(Mastering display|Content light)/.test(type))
    .flatMap((data) => Object.entries(data).map(([name, value]) => `${name}=${String(value)}`))
    .toSorted();
}

export type Facts = Awaited<ReturnType<typeof readFacts>>;

/** ffprobe shows the timecode of its track with the picture. */
function timecodeOf({ tags: { timecode } }: Stream): Record<string, string> {
  return timecode === undefined ? {} : { timecode };
}

/** Without a tag the range is limited (ITU-T H.264 and H.265, E.2.1). */
function coloursOf(video: Stream): string {
  const { color_primaries, color_transfer, color_space, color_range } = video;
  const range = color_range === "unknown" ? "tv" : color_range;
  return [color_primaries, color_transfer, color_space, range].join("/");
}

/** At a malformed sample of such a track, ffprobe 5.1 stops reading all tracks that it was asked for. */
function hasCaptionTrack(streams: readonly Stream[]): boolean {
  return streams.some((each) => each.codec_name === "eia_608");
}

/** The packets of one track, without reading the others. */
async function readPackets(path: string, index: number): Promise<Packet[]> {
  const wanted = ["-select_streams", String(index), "-show_packets"];
  const { stdout } = await execa("ffprobe", ["-v", "error", ...wanted, "-of", "json", path]);
  const { packets } = z
    .object({ packets: z.array(packet.omit({ type: true })) })
    .parse(JSON.parse(stdout));
  return packets.map((each) => ({ ...each, type: "packet" }));
}

/** When each frame is shown, in seconds from the first. */
function timesOf(packets: readonly Packet[], { index }: Stream): number[] {
  const times = packets
    .filter((each) => each.stream_index === index && !each.flags.includes("D"))
    .map((each) => each.pts_time ?? Number.NaN)
    .toSorted((a, b) => a - b);
  return times.map((time) => time - (times[0] ?? 0));
}
