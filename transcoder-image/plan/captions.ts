import type { Codec } from "@transpod/contract/work-protocol.ts";
import { isAtLeast, type FfmpegFacts } from "../ffmpeg/facts.ts";
import { a53Start, maxPackets, packetBytes } from "../probe/a53.ts";

export interface CaptionPlan {
  /** Whether the output must have the source's captions inside its pictures. */
  kept: boolean;
  args: string[];
  /** Further parameters of x265. */
  params: string[];
  /** The file that must have `userSeiLines` when ffmpeg starts; null when it is not needed. */
  linesPath: string | null;
  notes: string[];
}

/**
 * Decides how captions inside the video are passed to the encoder. x264 gets them from ffmpeg, frame by frame. x265
 * reads them from a file (docs/adr/0016). ffmpeg 6.0 and newer could pass them to x265 too, but must not: x265 up to 4.1
 * then writes beyond its memory when one frame has more captions than another, and crashes.
 */
export function planCaptions(
  captions: readonly string[] | null,
  { codec, ffmpeg, output }: { codec: Codec; ffmpeg: FfmpegFacts; output: string },
): CaptionPlan {
  const none = isAtLeast(ffmpeg, 6, 0) || codec === "h264" ? ["-a53cc:v:0", "0"] : [];
  const isHevc = codec === "hevc";
  const plan = { kept: false, args: isHevc ? none : [], params: [], linesPath: null, notes: [] };
  if (captions === null) return plan;
  if (longest(captions) > maxPackets * packetBytes) {
    return { ...plan, args: none, notes: [tooManyNote] };
  }
  if (!isHevc) return { ...plan, kept: true };
  const linesPath = `${output}.captions`;
  return { ...plan, kept: true, linesPath, params: [`nalu-file=${escaped(linesPath)}`] };
}

const tooManyNote =
  "Closed captions inside the video were dropped: a frame has more of them than one message can hold.";

/** A colon would end the value in the list of parameters. */
function escaped(path: string): string {
  return path.replaceAll(/[\\':]/g, String.raw`\$&`);
}

function longest(captions: readonly string[]): number {
  return captions.reduce((most, each) => Math.max(most, Buffer.byteLength(each, "base64")), 0);
}

const prefixSei = 39;
const registeredUserData = 4;
/** After the captions (ATSC A/53 Part 4, 6.2.3). */
const markerBits = 0xff;

/**
 * The lines of x265's `nalu-file`: one for every frame, in presentation order; without a line for a frame x265 reads to
 * the end of the file. All messages have the same length, a multiple of three bytes: x265 allocates memory for the
 * first one only, and does not support padding in Base64. Pure.
 */
export function* userSeiLines(captions: readonly string[]): Generator<string, void, void> {
  const atLeast = a53Start.length + 2 + longest(captions) + 1;
  const size = Math.ceil(atLeast / 3) * 3;
  for (const [frame, each] of captions.entries()) {
    const data = Buffer.from(each, "base64");
    const flags = Buffer.from([0x40 | (data.length / packetBytes), 0xff]);
    const message = Buffer.concat([a53Start, flags, data, Buffer.of(markerBits)], size);
    yield `${frame} PREFIX ${prefixSei}/${registeredUserData} ${message.toString("base64")}\n`;
  }
}
