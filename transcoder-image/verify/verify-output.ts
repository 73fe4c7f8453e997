import type { TranscodeSettings } from "@transpod/contract/transcode-settings.ts";
import type { Verification } from "@transpod/contract/work-protocol.ts";
import { AttemptError } from "../attempt/attempt-error.ts";
import { inputGuards, reportingOptions } from "../ffmpeg/child-process.ts";
import type { FfmpegProgress } from "../ffmpeg/progress.ts";
import { runFfmpeg } from "../ffmpeg/run-ffmpeg.ts";
import type { Expected } from "../plan/plan.ts";
import { readCaptionTracks } from "../probe/caption-track.ts";
import { readCaptions } from "../probe/captions.ts";
import { readMedia, readPacketTimes } from "../probe/ffprobe.ts";
import { readHdr10 } from "../probe/hdr10.ts";
import type { Media, Source, VideoTrack } from "../probe/media.ts";
import { readPresentedSeconds } from "../probe/read-presented.ts";
import { chooseVideo } from "../probe/refusals.ts";
import { rawChain, rawOutput, selectWindows, type SampleFiles } from "../samples/raw-pictures.ts";
import {
  durationDifferenceMs,
  maxTimestampErrorMs,
  secondsWithoutLost,
  timesOfKept,
} from "./compare-timestamps.ts";
import { captionTracksNotes, judgeCaptions } from "./judge-captions.ts";
import { judgeHdr10 } from "./judge-hdr10.ts";
import { judgeOutput, judgeSimilarity, judgeTimes } from "./judge-output.ts";
import { audioOffsetErrorMs } from "./judge-tracks.ts";
import { measureSimilarity, type Similarity } from "./similarity.ts";
import {
  damagedCaptionsNote,
  missingFramesNote,
  sourceDamage,
  type Encoded,
} from "./source-damage.ts";

/** What was verified before: each chunk of a video on its own. */
export interface VerifiedVideo {
  /** Frames that were decoded. */
  frames: number;
  ssim: Similarity | undefined;
}

export interface VerifyRequest {
  output: string;
  source: Source;
  expected: Expected;
  encoded: Encoded;
  /** Those of the source are there; those of the output are written. */
  samples: SampleFiles;
  /** The picture need not be decoded and compared again. */
  verifiedVideo?: VerifiedVideo;
  cpus: number;
  onDamage: TranscodeSettings["on_damage"];
  stallSeconds: number;
  onProgress: (progress: FfmpegProgress) => void;
  signal: AbortSignal;
}

export interface Verified {
  made: Source;
  verification: Verification;
  /** Notes about missing frames, when a damaged source is accepted. */
  notes: string[];
}

/**
 * Reads the output independently of the encode: headers, every packet's time, and every frame decoded,
 * stopping at the first error; then compares pictures. Throws AttemptError `verification_failed` with
 * the fault, or `damaged` when frames are missing because the source could not be decoded.
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
  const damage = sourceDamage(expected.frames, encoded, facts);
  if (damage !== null && onDamage === "fail") throw new AttemptError("damaged", damage);
  const frames = damage === null ? expected.frames : encoded.frames;
  const fault = judgeOutput({ ...expected, frames }, facts);
  if (fault !== null) throw failed(fault);

  const made = await readMade(request, media, video, packets.timestamps);
  const kept =
    damage === null ? source.timestamps : timesOfKept(source.timestamps, made.timestamps);
  const times = compareTimes(source, made, kept);
  const headerFault = judgeHdr10(expected.hdr10, made.hdr10) ?? judgeTimes(times);
  if (headerFault !== null) throw failed(headerFault);
  const captionFault = judgeCaptions(expected, captionsAt(kept, source), made.captions);
  const isIntact = damage === null && encoded.errorCount === 0;
  if (captionFault !== null && isIntact) throw failed(captionFault);
  const { verifiedVideo } = request;
  const ssim = verifiedVideo === undefined ? await measureSimilarity(request) : verifiedVideo.ssim;
  const pictureFault = ssim === undefined ? null : judgeSimilarity(ssim);
  if (pictureFault !== null) throw failed(pictureFault);
  return {
    made,
    notes: [
      ...(damage === null ? [] : [missingFramesNote(expected.frames, frames)]),
      ...(captionFault === null ? [] : [damagedCaptionsNote]),
      ...captionTracksNotes(expected, made),
    ],
    verification: {
      frames: decodedFrames,
      ...times,
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
    presentedSeconds: (await readPresentedSeconds(output, video.trackId)) ?? Number.NaN,
    hdr10: expected.hdr10 === null ? null : await readHdr10(output, index, signal),
    captions: expected.captions ? await readCaptions(output, index, signal) : null,
    captionTracks: await readCaptionTracks(output, media.subtitles, signal),
  };
}

/** The captions of the frames at these times. */
function captionsAt(times: readonly number[], source: Source): Source["captions"] {
  if (source.captions === null || times.length === source.timestamps.length) return source.captions;
  const kept = new Set(times);
  return source.captions.filter((_, i) => kept.has(source.timestamps[i] ?? Number.NaN));
}

/** The largest errors of times and duration. `kept` are the times of the source's frames that are expected. */
function compareTimes(
  source: Source,
  { video, timestamps, presentedSeconds }: Source,
  kept: readonly number[],
) {
  const isWhole = kept === source.timestamps;
  const seconds = isWhole
    ? source.presentedSeconds
    : secondsWithoutLost(source, timestamps[0] ?? 0);
  const length = { tables: presentedSeconds, ffprobe: video.durationSeconds };
  return {
    max_timestamp_error_ms: maxTimestampErrorMs(kept, timestamps),
    duration_difference_ms: durationDifferenceMs(seconds, length),
  };
}

/**
 * Decodes what we encoded, counts the frames, and keeps the samples. Copied audio is left out: a fault in it is the
 * source's own, and no reason to refuse the video.
 */
async function decode(request: VerifyRequest, videoIndex: number): Promise<number> {
  const { output, samples, expected, verifiedVideo, cpus, stallSeconds, onProgress, signal } =
    request;
  const encodedAudio = expected.audio.flatMap(({ encoded }, i) =>
    encoded ? ["-map", `0:a:${i}`] : [],
  );
  const picture = verifiedVideo === undefined ? ["-map", `0:${videoIndex}`] : [];
  const chain = rawChain(samples, [selectWindows(samples.windows)]);
  const sampled = picture.length === 0 ? [] : ["-filter:v", chain, ...rawOutput(samples.processed)];
  const maps = [...picture, ...encodedAudio];
  if (maps.length === 0) return verifiedVideo?.frames ?? 0;
  const args = [
    reportingOptions("error"),
    ["-xerror", "-err_detect", "explode", "-threads", String(cpus), ...inputGuards],
    ["-noautorotate", "-i", output, ...maps],
    ["-fps_mode", "passthrough", "-f", "null", "-", ...picture, ...sampled],
  ].flat();
  try {
    const totalFrames = expected.frames;
    const { frames } = await runFfmpeg({ args, stallSeconds, totalFrames, onProgress, signal });
    return verifiedVideo?.frames ?? frames;
  } catch (error) {
    if (error instanceof AttemptError && inputFaults.has(error.code)) {
      throw failed(`The output can't be decoded without errors. ${error.message}`, error);
    }
    throw error;
  }
}

/** For these codes ffmpeg's input is at fault, and that is our output. */
const inputFaults: ReadonlySet<string> = new Set(["transcode_failed", "damaged"]);

function failed(sentence: string, cause?: Error): AttemptError {
  return new AttemptError("verification_failed", sentence, { cause });
}
