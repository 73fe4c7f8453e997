import { createHash } from "node:crypto";
import { readPackets, readPacketTimes } from "./ffprobe.ts";
import type { CaptionTrack, SubtitleTrack } from "./media.ts";

/** ffmpeg's name of a CEA-608 caption track (`c608`). */
export const captionTrackCodec = "eia_608";

/** Reads all caption tracks. Throws as `readMedia` does. */
export async function readCaptionTracks(
  path: string,
  subtitles: readonly SubtitleTrack[],
  signal: AbortSignal,
): Promise<CaptionTrack[]> {
  const tracks: CaptionTrack[] = [];
  for (const subtitle of subtitles) {
    if (subtitle.codec === captionTrackCodec) tracks.push(await readTrack(path, subtitle, signal));
  }
  return tracks;
}

async function readTrack(
  path: string,
  { index, claimedPackets, startSeconds }: SubtitleTrack,
  signal: AbortSignal,
): Promise<CaptionTrack> {
  const hash = createHash("sha256");
  // At a malformed sample ffmpeg stops reading all tracks, not only this one.
  const { count } = await readPacketTimes(path, index, { ignoreEdits: true, signal });
  const track = { hasSecondField: false, isReadable: count >= (claimedPackets ?? 0), isCut: false };
  let shown = 0;
  for await (const { isHidden, seconds, bytes } of packetsOf(path, index, signal)) {
    const { first, second, isMisread } = fieldsOf(bytes);
    if (isMisread) track.isReadable = false;
    if (isHidden) {
      if (seconds > shortSeconds) track.isCut = true;
      continue;
    }
    shown += 1;
    hash.update(first);
    if (second.length > 0) track.hasSecondField = true;
  }
  // When a track starts late, ffmpeg up to 7.1 cuts off the same time at its end.
  if (startSeconds > 0 && shown < count) track.isCut = true;
  return { ...track, index, firstField: hash.digest("hex") };
}

/** When an edit list cuts into a sample, ffmpeg shows the following samples too early, by up to one sample. */
const shortSeconds = 0.1;

/**
 * A packet is `0.460000,K_,"`, lines such as `00000000: fc94 20fc  .. .`, and `"`. A D in the flags marks one
 * that an edit list hides.
 */
async function* packetsOf(path: string, track: number, signal: AbortSignal) {
  let packet = { isHidden: false, seconds: 0 };
  let hex: string[] = [];
  const entries = "duration_time,flags,data";
  for await (const line of readPackets(path, track, { entries, signal })) {
    const [, duration, flags] = /^([\d.]+|N\/A),([A-Z_]+),"$/.exec(line) ?? [];
    if (flags !== undefined) {
      packet = { isHidden: flags.includes("D"), seconds: Number(duration) };
      hex = [];
    } else if (line === '"') {
      yield { ...packet, bytes: Buffer.from(hex.join(""), "hex") };
    } else {
      hex.push(line.slice(10, 50).replaceAll(" ", ""));
    }
  }
}

const [firstField, secondField] = [0xfc, 0xfd];
/** A nested atom (`cdat`, `cdt2`) that ffmpeg before 7.1 reads as captions. */
const atomTypes = [Buffer.from("fc6364fc6174", "hex"), Buffer.from("fc6364fc7432", "hex")];

/** Each caption is three bytes: which field of the picture, and a pair of bytes. Pure. */
export function fieldsOf(bytes: Buffer) {
  const ofField = (field: number) =>
    Buffer.concat(
      Array.from({ length: Math.floor(bytes.length / 3) }, (_, i) =>
        bytes.subarray(i * 3, i * 3 + 3),
      ).filter(([which]) => which === field),
    );
  return {
    first: ofField(firstField),
    second: ofField(secondField),
    isMisread: atomTypes.some((type) => bytes.includes(type)),
  };
}
