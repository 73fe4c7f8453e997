import type { TranscodeSettings } from "@transpod/contract/transcode-settings.ts";
import type { Codec, Hdr10 } from "@transpod/contract/work-protocol.ts";
import { inputGuards, pixelGuard, reportingOptions } from "../ffmpeg/child-process.ts";
import type { FfmpegFacts } from "../ffmpeg/facts.ts";
import type { Colour, Source } from "../probe/media.ts";
import { chooseWindows } from "../samples/windows.ts";
import { rawChain, rawOutput, selectWindows, type SampleFiles } from "../samples/raw-pictures.ts";
import { planAudio, type OutputAudio } from "./audio.ts";
import type { Container } from "./container.ts";
import { planExtras } from "./extras.ts";
import { timing } from "./timing.ts";
import { planVideo, type VideoFilters } from "./video.ts";

export interface PlanSettings {
  /** What the client chose. */
  requested: TranscodeSettings;
  /** Threads to use. */
  cpus: number;
  container: Container;
  ffmpeg: FfmpegFacts;
  /** `EncoderSettings.frameRate`. */
  frameRate?: number;
  input: string;
  output: string;
  /** A file with the encoded video alone, presented from 0, when it exists already. */
  joined?: string;
}

/** The expected contents of the output, which verification checks. */
export interface Expected {
  codec: Codec;
  /** QuickTime plays H.265 as `hvc1` only. */
  tag: "hvc1" | "avc1";
  width: number;
  height: number;
  rotation: number;
  frames: number;
  audio: OutputAudio[];
  subtitles: number;
  /** Of each caption track, `CaptionTrack.firstField`; null for whatever it is. */
  captionTracks: (string | null)[];
  covers: number;
  chapters: number;
  /** Whether the output must have no location tag. */
  hidesLocation: boolean;
  /** A null field may have any value. */
  colour: Colour;
  /** Static HDR metadata that must be kept; null when there is none. */
  hdr10: Hdr10 | null;
  /** Whether each picture must have the source's captions inside. */
  captions: boolean;
  sampleAspectRatio: string | null;
}

export interface Plan {
  target: Codec;
  args: string[];
  /** Further arguments, with which the encode also writes the samples of the source; none for a joined video. */
  sampleArgs: string[];
  /** Where the lines that x265 reads captions from must be when ffmpeg starts. */
  captionLinesPath: string | null;
  expected: Expected;
  samples: SampleFiles;
  filters: VideoFilters;
  /** What was converted, dropped or chosen, as sentences for people. */
  notes: string[];
}

/**
 * Decides how a source is transcoded. Pure: the same source, settings and ffmpeg give the same
 * arguments. Streams are mapped one by one, because a phone's metadata track fails a job that maps
 * them all.
 */
export function planTranscode(source: Source, settings: PlanSettings): Plan {
  const { container, ffmpeg, requested, cpus, input, output, joined } = settings;
  const video = planVideo(source, ffmpeg, settings);
  const audio = planAudio(source, container);
  const extras = planExtras(source, container, requested);
  const { width, height, pixelFormat, filters } = video;
  const samples: SampleFiles = {
    ...{ width, height, pixelFormat },
    windows: chooseWindows(source.timestamps.length, width * height),
    original: `${output}.original.yuv`,
    processed: `${output}.processed.yuv`,
  };
  return {
    target: video.codec,
    args: [
      reportingOptions("warning"),
      [...inputGuards, ...pixelGuard],
      ["-threads", String(cpus), "-noautorotate", "-i", input],
      joined === undefined
        ? ["-map", `0:${source.video.index}`]
        : [...inputGuards, "-itsoffset", startOf(source), "-i", joined, "-map", "1:0"],
      [...audio.maps, ...extras.maps],
      joined === undefined ? video.args : copyOf(video.codec, source),
      [...audio.args, ...extras.args],
      timing(source),
      ["-movflags", ["+faststart", ...extras.movflags].join("+"), "-f", container, output],
    ].flat(),
    sampleArgs: joined === undefined ? samplesOf(source, samples, filters) : [],
    captionLinesPath: video.captions.linesPath,
    expected: {
      codec: video.codec,
      tag: video.codec === "hevc" ? "hvc1" : "avc1",
      width: video.width,
      height: video.height,
      rotation: source.video.rotation,
      frames: source.timestamps.length,
      audio: audio.tracks,
      subtitles: extras.subtitles,
      captionTracks: extras.captionTracks,
      covers: extras.covers,
      chapters: source.media.chapterCount,
      hidesLocation: requested.location === "remove",
      colour: video.colour,
      hdr10: video.hdr10,
      captions: video.captions.kept,
      sampleAspectRatio: source.video.sampleAspectRatio,
    },
    samples,
    filters,
    notes: [...video.notes, ...audio.notes, ...extras.notes],
  };
}

/** The frames in the windows, as the encoder is given them. */
function samplesOf({ video }: Source, samples: SampleFiles, filters: VideoFilters): string[] {
  const chain = [...filters.shape, selectWindows(samples.windows), ...filters.colour];
  const filter = ["-filter:v", rawChain(samples, chain)];
  return ["-map", `0:${video.index}`, ...filter, ...rawOutput(samples.original)];
}

/** When the video begins, in seconds from the start of the file: ffmpeg moves the start of each input to 0. */
function startOf({ timestamps, media }: Source): string {
  return ((timestamps[0] ?? 0) - media.startSeconds).toFixed(6);
}

function copyOf(codec: Codec, { media }: Source): string[] {
  const timecode = media.timecode === null ? [] : ["-metadata:s:v:0", `timecode=${media.timecode}`];
  return ["-c:v:0", "copy", ...(codec === "hevc" ? ["-tag:v:0", "hvc1"] : []), ...timecode];
}
