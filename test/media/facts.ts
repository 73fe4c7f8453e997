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
const probed = z.object({
  streams: z.array(stream),
  chapters: z.array(z.object({ start_time: z.coerce.number(), tags })),
  format: z.object({ tags, duration: z.coerce.number() }),
});

const firstFrame = z.object({
  frames: z.array(
    z.object({
      side_data_list: z.array(z.looseObject({ side_data_type: z.string() })).default([]),
    }),
  ),
});

type Stream = z.infer<typeof stream>;

/** ffprobe's facts about a file. ffprobe is run here: nothing that the worker found is used. */
export async function readFacts(path: string) {
  const sections = ["-show_streams", "-show_chapters", "-show_format"];
  const { stdout } = await execa("ffprobe", ["-v", "error", ...sections, "-of", "json", path]);
  const { streams, chapters, format } = probed.parse(JSON.parse(stdout));
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
    times: await readTimes(path, video.index),
    /** The duration of the video by ffprobe: the shortest of edit list, header and samples. */
    seconds: video.duration ?? NaN,
    /** The end of the movie, from the start of the video. */
    movieSeconds: format.duration - Math.max(0, video.start_time ?? 0),
    audio: codecs(audio),
    languages: audio.map((each) => each.tags["language"] ?? "und"),
    hdr10: await readHdr10(path, video.index),
    /** Seconds from the picture's start to the sound's. */
    soundOffsets: audio.map((each) => (each.start_time ?? 0) - (video.start_time ?? 0)),
    subtitles: codecs(ofType("subtitle")),
    covers: codecs(ofType("video").filter(isCover)),
    chapters: chapters.map((each) => [each.start_time, each.tags["title"]]),
    tags: { ...timecodeOf(video), ...format.tags },
  };
}

/** The static HDR metadata of the first picture, as `name=value` in ffprobe's words. */
async function readHdr10(path: string, index: number): Promise<string[]> {
  const wanted = ["-select_streams", String(index), "-read_intervals", "%+#1", "-show_frames"];
  const { stdout } = await execa("ffprobe", ["-v", "error", ...wanted, "-of", "json", path]);
  const { frames } = firstFrame.parse(JSON.parse(stdout));
  return frames
    .flatMap((frame) => frame.side_data_list)
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

/** When each frame is shown, in seconds from the first. */
async function readTimes(path: string, index: number): Promise<number[]> {
  const wanted = ["-select_streams", String(index), "-show_entries", "packet=pts_time,flags"];
  const { stdout } = await execa("ffprobe", ["-v", "error", ...wanted, "-of", "csv=p=0", path]);
  const times = stdout
    .split("\n")
    .map((line) => line.split(","))
    .filter(([, flags]) => flags !== undefined && !flags.includes("D"))
    .map(([time]) => Number(time))
    .toSorted((a, b) => a - b);
  return times.map((time) => time - (times[0] ?? 0));
}
