import { notAVideo } from "@transpod/contract/refusal-sentences.ts";
import { AttemptError } from "../attempt/attempt-error.ts";
import { defaultLimits } from "@transpod/contract/media-limits.ts";
import { isCutOff, judgeBoxes, readBoxes, hasExternalData } from "./boxes.ts";
import { readCaptionTracks } from "./caption-track.ts";
import { readCaptions } from "./captions.ts";
import { readHeaders, readMedia, readPacketTimes } from "./ffprobe.ts";
import { readHdr10 } from "./hdr10.ts";
import { isHdr, type Source, type VideoTrack } from "./media.ts";
import { lastFrameIncluded } from "./presented-duration.ts";
import { readPresentedSeconds } from "./read-presented.ts";
import {
  chooseVideo,
  refuseDuration,
  refuseFrames,
  refuseMedia,
  type Refusal,
} from "./refusals.ts";

/** Probes an untrusted file. Throws AttemptError with the reason when it is refused. */
export async function probeSource(
  path: string,
  signal: AbortSignal,
  limits = defaultLimits,
): Promise<Source> {
  const boxes = await readBoxes(path);
  const judgement = judgeBoxes(boxes);
  if (judgement !== "readable") throw refused(badBoxes[judgement]);
  if (await hasExternalData(path)) throw refused(elsewhere);

  const media = (await readMedia(path, signal)) ?? (await readHeaders(path, signal));
  if (media === undefined) throw refused(unreadable);
  const refusal = refuseMedia(media, limits);
  if (refusal !== null) throw refused(refusal);
  const video = chooseVideo(media);
  if (video === undefined) throw refused(unreadable);
  // Missing frames are checked first, because that error has more detail.
  const { timestamps, hiddenFrames } = await readEveryFrame(path, video, signal);
  if (isCutOff(boxes)) throw refused(cutOff);
  const presentedSeconds = lastFrameIncluded(
    (await readPresentedSeconds(path, video.trackId)) ?? video.durationSeconds,
    timestamps,
  );
  const tooLong = refuseDuration(presentedSeconds, limits);
  if (tooLong !== null) throw refused(tooLong);
  const hdr10 = isHdr(video.colour) ? await readHdr10(path, video.index, signal) : null;
  const captions = await readCaptions(path, video.index, signal);
  const captionTracks = await readCaptionTracks(path, media.subtitles, signal);
  return {
    ...{ media, video, timestamps, presentedSeconds, hiddenFrames },
    ...{ hdr10, captions, captionTracks },
  };
}

/** The times of all frames that are shown. Throws when the file has fewer frames than its header says. */
async function readEveryFrame(path: string, video: VideoTrack, signal: AbortSignal) {
  const shown = await readPacketTimes(path, video.index, { ignoreEdits: false, signal });
  if (refuseFrames(video.claimedFrames, shown.count) !== null) {
    // An edit list can hide frames of a valid file: only frames that are missing without it are missing.
    const all = await readPacketTimes(path, video.index, { ignoreEdits: true, signal });
    const missing = refuseFrames(video.claimedFrames, all.count);
    if (missing !== null) throw refused(missing);
  }
  if (shown.timestamps.length === 0) throw refused(unreadable);
  const all = Math.max(video.claimedFrames ?? 0, shown.count);
  return { timestamps: shown.timestamps, hiddenFrames: all - shown.timestamps.length };
}

const unreadable: Refusal = {
  code: "not_a_video",
  sentence: "The file looks like an MP4 or MOV, but its contents can't be read.",
};

const elsewhere: Refusal = {
  code: "not_a_video",
  sentence:
    "The file refers to media in another file, which was not uploaded. Export it as a self-contained file.",
};

const cutOff: Refusal = {
  code: "truncated",
  sentence: "The file is cut off: its end is missing. Upload it again.",
};

const badBoxes: Readonly<Record<"incomplete" | "foreign" | "empty", Refusal>> = {
  empty: { code: "empty_file", sentence: "The uploaded file is empty." },
  incomplete: {
    code: "truncated",
    sentence: "The file is incomplete: its index (moov) is missing or cut off. Upload it again.",
  },
  foreign: { code: "not_a_video", sentence: notAVideo },
};

function refused({ code, sentence }: Refusal): AttemptError {
  return new AttemptError(code, sentence);
}
