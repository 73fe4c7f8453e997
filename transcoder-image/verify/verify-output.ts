import type { TranscodeSettings } from "@transpod/contract/transcode-settings.ts";
import type { Verification } from "@transpod/contract/work-protocol.ts";
import { AttemptError } from "../attempt/attempt-error.ts";
import { inputGuards } from "../ffmpeg/child-process.ts";
import type { FfmpegProgress } from "../ffmpeg/progress.ts";
import { runFfmpeg } from "../ffmpeg/run-ffmpeg.ts";
import type { Expected } from "../plan/plan.ts";
import { readMedia, readPacketTimes } from "../probe/ffprobe.ts";
import { readHdr10 } from "../probe/hdr10.ts";
import type { Source } from "../probe/media.ts";
import { readPresentedSeconds } from "../probe/read-presented.ts";
import { chooseVideo } from "../probe/refusals.ts";
import {
  durationDifferenceMs,
  maxTimestampErrorMs,
  secondsWithoutLost,
  timesOfKept,
} from "./compare-timestamps.ts";
import { judgeHdr10 } from "./judge-hdr10.ts";
import { judgeOutput, judgeSimilarity, judgeTimes } from "./judge-output.ts";
import { audioOffsetErrorMs } from "./judge-tracks.ts";
import { measureSimilarity, type Similarity } from "./similarity.ts";
import { missingFramesNote, sourceDamage, type Encoded } from "./source-damage.ts";

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

  const hdr10 = expected.hdr10 === null ? null : await readHdr10(output, video.index, signal);
  const hdr10Fault = judgeHdr10(expected.hdr10, hdr10);
  if (hdr10Fault !== null) throw failed(hdr10Fault);

  const { timestamps } = packets;
  const tables = await readPresentedSeconds(output, video.trackId);
  const presentedSeconds = tables ?? Number.NaN;
  const made: Source = { media, video, timestamps, presentedSeconds, hiddenFrames: 0, hdr10 };
  const times = compareTimes(source, made, damage !== null);
  const timeFault = judgeTimes(times);
  if (timeFault !== null) throw failed(timeFault);
  const ssim = await compare(request, made);
  const pictureFault = ssim === undefined ? null : judgeSimilarity(ssim);
  if (pictureFault !== null) throw failed(pictureFault);
  return {
    made,
    notes: damage === null ? [] : [missingFramesNote(expected.frames, frames)],
    verification: {
      frames: decodedFrames,
      ...times,
      audio_offset_error_ms: audioOffsetErrorMs(expected, media, video),
      ...(ssim === undefined ? {} : { ssim }),
    },
  };
}

/** The largest errors of times and duration. Frames that a damaged source lost (`lost`) are not expected. */
function compareTimes(
  source: Source,
  { video, timestamps, presentedSeconds }: Source,
  lost: boolean,
) {
  const kept = lost ? timesOfKept(source.timestamps, timestamps) : source.timestamps;
  const seconds = lost ? secondsWithoutLost(source, timestamps[0] ?? 0) : source.presentedSeconds;
  const length = { tables: presentedSeconds, ffprobe: video.durationSeconds };
  return {
    max_timestamp_error_ms: maxTimestampErrorMs(kept, timestamps),
    duration_difference_ms: durationDifferenceMs(seconds, length),
  };
}

/**
 * Compares pictures, except when the picture was changed on purpose, or when the source has errors,
 * which a decoder conceals differently when it starts at another frame.
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
