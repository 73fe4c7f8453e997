import { readFile, writeFile } from "node:fs/promises";
import { execa } from "execa";

/** `cc_data` of one frame, as bytes; none for a frame without captions. */
export type CaptionsOf = (frame: number) => number[];

/**
 * Captions of both fields for CEA-608, and more or fewer for CTA-708; none in every fifth frame, and none
 * before the given one.
 */
export function unevenCaptions(first = 0): CaptionsOf {
  return (frame) => {
    if (frame < first || frame % 5 === 4) return [];
    const line21 = [0xfc, 0x80 + (frame % 128), 0x20, 0xfd, 0x80, 0x80];
    const dtv = Array.from({ length: frame % 4 }, (_, i) => [
      i === 0 ? 0xff : 0xfe,
      0x40 + i,
      frame,
    ]);
    return [...line21, ...dtv.flat()];
  };
}

const picture = ["-f", "lavfi", "-i", "testsrc2=s=160x96:r=25:d=1"];

/**
 * Makes H.264 of 25 frames with captions (ATSC A/53) inside. ffmpeg has no encoder of captions: they are written
 * into MPEG-2 video, from which x264 takes them.
 */
export async function captionedH264(
  path: string,
  captions: CaptionsOf,
  options: readonly string[] = [],
): Promise<void> {
  const mpeg2 = `${path}.m2v`;
  await ffmpeg(...picture, "-c:v", "mpeg2video", "-bf", "0", mpeg2);
  await insertIntoMpeg2(mpeg2, captions);
  await ffmpeg("-i", mpeg2, "-c:v", "libx264", "-pix_fmt", "yuv420p", ...options, path);
}

/** Makes H.265 of 25 frames with captions inside, which x265 reads from a file. */
export async function captionedHevc(
  path: string,
  captions: CaptionsOf,
  options: readonly string[] = [],
): Promise<void> {
  const lines = Array.from({ length: 25 }, (_, frame) => {
    // x265 reserves room for the first message only.
    const message = Buffer.concat([country, userData(captions(frame))], 60);
    return `${frame} PREFIX 39/4 ${message.toString("base64")}\n`;
  });
  await writeFile(`${path}.sei`, lines.join(""));
  const params = ["-x265-params", `log-level=error:nalu-file=${path}.sei`];
  const tag = ["-tag:v", "hvc1"];
  await ffmpeg(...picture, "-c:v", "libx265", ...params, ...tag, ...options, path);
}

/** The United States, ATSC (ITU-T T.35). */
const country = Buffer.from([0xb5, 0x00, 0x31]);

/** ATSC A/53 Part 4, 6.2.3. */
function userData(captions: readonly number[]): Buffer {
  const flags = 0x40 | (captions.length / 3);
  return Buffer.from([...Buffer.from("GA94"), 3, flags, 0xff, ...captions, 0xff]);
}

const firstSlice = Buffer.from([0, 0, 1, 1]);
const userDataStart = Buffer.from([0, 0, 1, 0xb2]);

/** Each picture's user data lie before its first slice (ISO/IEC 13818-2, 6.2.2.2.2). */
async function insertIntoMpeg2(path: string, captions: CaptionsOf): Promise<void> {
  const bytes = await readFile(path);
  const parts: Buffer[] = [];
  let copied = 0;
  for (let frame = 0, at = bytes.indexOf(firstSlice); at >= 0; frame++) {
    const data = captions(frame);
    parts.push(bytes.subarray(copied, at));
    if (data.length > 0) parts.push(userDataStart, userData(data));
    copied = at;
    at = bytes.indexOf(firstSlice, at + 4);
  }
  await writeFile(path, Buffer.concat([...parts, bytes.subarray(copied)]));
}

async function ffmpeg(...args: string[]): Promise<void> {
  await execa("ffmpeg", ["-nostdin", "-v", "error", "-y", ...args]);
}
