import type { TranscodeSettings } from "@transpod/contract/transcode-settings.ts";
import type { Verification } from "@transpod/contract/work-protocol.ts";
import { AttemptError } from "../attempt/attempt-error.ts";
import { inputGuards } from "../ffmpeg/child-process.ts";
import type { FfmpegProgress } from "../ffmpeg/progress.ts";
import { runFfmpeg } from "../ffmpeg/run-ffmpeg.ts";
import type { Expected } from "../plan/plan.ts";
import { readCaptionTracks } from "../probe/caption-track.ts";
import { readCaptions } from "../probe/captions.ts";
import { readMedia, readPacketTimes } from "../probe/ffprobe.ts";
import { readHdr10 } from "../probe/hdr10.ts";
import type { Media, Source, VideoTrack } from "../probe/media.ts";
import { chooseVideo } from "../probe/refusals.ts";
import { blameSource, captionsNote, lostNote, type Encoded } from "./blame-source.ts";
import { compareTimestamps, timesOfKept } from "./compare-timestamps.ts";
import { captionTracksNotes, judgeCaptions } from "./judge-captions.ts";
import { judgeHdr10 } from "./judge-hdr10.ts";
import { judgeOutput, judgeSimilarity, judgeTimes } from "./judge-output.ts";
import { audioOffsetErrorMs } from "./judge-tracks.ts";
import { measureSimilarity, type Similarity } from "./similarity.ts";

export interface VerifyRequest {
  input: string;
  output: string;
  source: Source;
  expected: Expected;
  encoded: Encoded;
  cpus: number;
  onDamage: TranscodeSettings["on_damage"];
  stallSeconds: number;
  onProgress: (progress: FfmpegProgress) => void;
  signal: AbortSignal;
}

export interface Verified {
  made: Source;
  verification: Verification;
  /** What is missing, where the source is damaged and that is put up with. */
  notes: string[];
}

/**
 * Reads the output as a stranger would: headers, every packet's time, and every frame decoded with
 * the first error being the last; then compares pictures. Throws AttemptError `verification_failed`
 * with what is wrong, or `damaged` where frames are missing because the source could not be decoded.
 */
export async function verifyOutput(request: VerifyRequest): Promise<Verified> {
  const { output, source, expected, encoded, onDamage, signal } = request;
  const media = await readMedia(output, signal);
  const video = media === undefined ? undefined : chooseVideo(media);
  if (media === undefined || video === undefined) throw failed("The output can't be read.");

  const [packets, decodedFrames] = await Promise.all([
    readPacketTimes(output, video.index, { ignoreEdits: false, signal }),
    decode(request, video.index),
  ]);
  const facts = { media, packets: packets.timestamps.length, decodedFrames };
  const blame = blameSource(expected.frames, encoded, facts);
  if (blame !== null && onDamage === "fail") throw new AttemptError("damaged", blame);
  const frames = blame === null ? expected.frames : encoded.frames;
  const wrong = judgeOutput({ ...expected, frames }, facts);
  if (wrong !== null) throw failed(wrong);

  const made = await readMade(request, media, video, packets.timestamps);
  const { timestamps } = made;
  const kept = blame === null ? source.timestamps : timesOfKept(source.timestamps, timestamps);
  const times = compareTimestamps(kept, timestamps);
  const fault = judgeHdr10(expected.hdr10, made.hdr10) ?? judgeTimes(times);
  if (fault !== null) throw failed(fault);
  const unlike = judgeCaptions(expected, captionsOf(source, kept), made.captions);
  if (unlike !== null && blame === null && encoded.errorCount === 0) throw failed(unlike);
  const ssim = await compare(request, made);
  const strange = ssim === undefined ? null : judgeSimilarity(ssim);
  if (strange !== null) throw failed(strange);
  return {
    made,
    notes: [
      ...(blame === null ? [] : [lostNote(expected.frames, frames)]),
      ...(unlike === null ? [] : [captionsNote]),
      ...captionTracksNotes(expected, made),
    ],
    verification: {
      frames: decodedFrames,
      max_timestamp_error_ms: times.maxErrorMs,
      duration_difference_ms: times.durationDifferenceMs,
      audio_offset_error_ms: audioOffsetErrorMs(expected, media, video),
      ...(ssim === undefined ? {} : { ssim }),
    },
  };
}

async function readMade(
  { output, expected, signal }: VerifyRequest,
  media: Media,
  video: VideoTrack,
  timestamps: number[],
): Promise<Source> {
  const { index } = video;
  return {
    ...{ media, video, timestamps, hiddenFrames: 0 },
    hdr10: expected.hdr10 === null ? null : await readHdr10(output, index, signal),
    captions: expected.captions ? await readCaptions(output, index, signal) : null,
    captionTracks: await readCaptionTracks(output, media.subtitles, signal),
  };
}

/** Of the frames at the given times alone. */
function captionsOf(source: Source, times: readonly number[]): Source["captions"] {
  if (source.captions === null || times.length === source.timestamps.length) return source.captions;
  const kept = new Set(times);
  return source.captions.filter((_, i) => kept.has(source.timestamps[i] ?? Number.NaN));
}

/**
 * Not where the picture was changed on purpose; nor where the source has errors, which a decoder
 * covers up differently when it starts elsewhere.
 */
async function compare(
  { input, output, source, expected, encoded, cpus, stallSeconds, signal }: VerifyRequest,
  { media, video, timestamps }: Source,
): Promise<Similarity | undefined> {
  if (expected.comparison === null || encoded.errorCount > 0 || encoded.frames < expected.frames)
    return undefined;
  const { startSeconds } = source.media;
  return measureSimilarity({
    source: { path: input, index: source.video.index, timestamps: source.timestamps, startSeconds },
    output: { path: output, index: video.index, timestamps, startSeconds: media.startSeconds },
    comparison: expected.comparison,
    cpus,
    stallSeconds,
    signal,
  });
}

/**
 * Decodes what we encoded, and counts the frames. Copied audio is left out: a fault in it is the
 * source's own, and no reason to refuse the video.
 */
async function decode(request: VerifyRequest, videoIndex: number): Promise<number> {
  const { output, expected, cpus, stallSeconds, onProgress, signal } = request;
  const encodedAudio = expected.audio.flatMap(({ encoded }, i) =>
    encoded ? ["-map", `0:a:${i}`] : [],
  );
  const args = [
    ["-nostdin", "-hide_banner", "-loglevel", "level+error"],
    ["-nostats", "-progress", "pipe:1", "-stats_period", "1"],
    ["-xerror", "-err_detect", "explode", "-threads", String(cpus), ...inputGuards],
    ["-noautorotate", "-i", output, "-map", `0:${videoIndex}`, ...encodedAudio],
    ["-fps_mode", "passthrough", "-f", "null", "-"],
  ].flat();
  try {
    const totalFrames = expected.frames;
    const { frames } = await runFfmpeg({ args, stallSeconds, totalFrames, onProgress, signal });
    return frames;
  } catch (error) {
    if (error instanceof AttemptError && ofWhatIsDecoded.has(error.code)) {
      throw failed(`The output can't be decoded without errors. ${error.message}`, error);
    }
    throw error;
  }
}

/** Where ffmpeg blames its input, that is what we made. */
const ofWhatIsDecoded: ReadonlySet<string> = new Set(["transcode_failed", "damaged"]);

function failed(sentence: string, cause?: Error): AttemptError {
  return new AttemptError("verification_failed", sentence, { cause });
}
