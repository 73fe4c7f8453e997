import {
  noVideoTrack,
  notAVideo,
  unsupportedCodec,
  uploadTooLarge,
  wrongExtension,
} from "@transpod/contract/refusal-sentences.ts";
import { isVideoName } from "./collect.ts";

/** What the browser sees in a file before anything is sent. */
export interface Look {
  /** null for one that this browser's library does not know: the worker judges it. */
  codec: "h264" | "hevc" | null;
  width: number;
  height: number;
  durationSeconds: number | null;
}

/** The file would fail, so it is not sent; the message is the worker's own. */
export class RefusedError extends Error {}

/** ffmpeg's names. */
const codecs: Readonly<Record<string, string>> = { avc: "h264", hevc: "hevc" };

/** Throws a RefusedError. Reads some hundred kilobytes, wherever in the file they are. */
export async function lookInto(file: File, maxBytes: number): Promise<Look> {
  if (!isVideoName(file.name)) throw new RefusedError(wrongExtension);
  if (file.size > maxBytes) throw new RefusedError(uploadTooLarge(file.size, maxBytes));
  const { BlobSource, Input, MP4, QTFF } = await import("mediabunny");
  using input = new Input({ source: new BlobSource(file), formats: [MP4, QTFF] });
  const track = await input.getPrimaryVideoTrack().catch(() => {
    throw new RefusedError(notAVideo);
  });
  if (track === null) {
    const audio = await input.getAudioTracks();
    const names = await Promise.all(audio.map((each) => each.getCodec()));
    const known = names.filter((name) => name !== null);
    throw new RefusedError(noVideoTrack(known.length === 0 ? [] : [`${known.join(", ")} audio`]));
  }
  const name = await track.getCodec();
  const codec = name === null ? null : (codecs[name] ?? name);
  if (codec !== null && codec !== "h264" && codec !== "hevc")
    throw new RefusedError(unsupportedCodec(codec));
  return {
    codec,
    width: await track.getCodedWidth(),
    height: await track.getCodedHeight(),
    durationSeconds: await input.getDurationFromMetadata(),
  };
}
