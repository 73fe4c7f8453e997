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
import { blameSource, lostNote, type Encoded } from "./blame-source.ts";
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
  const fault = judgeOutput({ ...expected, frames }, facts);
  if (fault !== null) throw failed(fault);

  const hdr10 = expected.hdr10 === null ? null : await readHdr10(output, video.index, signal);
  const dimmed = judgeHdr10(expected.hdr10, hdr10);
  if (dimmed !== null) throw failed(dimmed);

  const { timestamps } = packets;
  const tables = await readPresentedSeconds(output, video.trackId);
  const presentedSeconds = tables ?? Number.NaN;
  const made: Source = { media, video, timestamps, presentedSeconds, hiddenFrames: 0, hdr10 };
  const times = compareTimes(source, made, blame !== null);
  const drift = judgeTimes(times);
  if (drift !== null) throw failed(drift);
  const ssim = await compare(request, made);
  const strange = ssim === undefined ? null : judgeSimilarity(ssim);
  if (strange !== null) throw failed(strange);
  return {
    made,
    notes: blame === null ? [] : [lostNote(expected.frames, frames)],
    verification: {
      frames: decodedFrames,
      ...times,
      audio_offset_error_ms: audioOffsetErrorMs(expected, media, video),
      ...(ssim === undefined ? {} : { ssim }),
    },
  };
}

/** How far the output's frames are from the source's times; of what a damaged source lost, nothing is wanted. */
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
