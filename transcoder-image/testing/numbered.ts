import { execa } from "execa";

/** A filter that draws each frame's number: eight bars that are white for 1 and black for 0, the lowest bit first. */
export const numbered = "geq=lum='if(bitand(N,pow(2,floor(X*8/W))),235,16)':cb=128:cr=128";

/** Reads the number that `numbered` has drawn into a JPEG; the bars are below each other in a picture that was turned. */
export async function readNumber(jpeg: Buffer, turned = false): Promise<number> {
  const filters = `scale=${turned ? "1:8" : "8:1"}:flags=area,format=gray`;
  const { stdout } = await execa(
    "ffmpeg",
    ["-v", "error", "-f", "mjpeg", "-i", "-", "-vf", filters, "-f", "rawvideo", "-"],
    { input: jpeg, encoding: "buffer" },
  );
  const bars = [...stdout];
  if (bars.length !== 8) throw new Error(`${bars.length} bars`);
  return bars.reduce((sum, grey, bit) => sum + (grey > 128 ? 2 ** bit : 0), 0);
}

/** Width and height, as the JPEG's frame header says (ITU-T T.81, B.2.2). */
export function sizeOf(jpeg: Buffer): { width: number; height: number } {
  for (let at = 2; at + 9 <= jpeg.length; at += 2 + jpeg.readUInt16BE(at + 2)) {
    if (jpeg[at + 1] === 0xc0) {
      return { width: jpeg.readUInt16BE(at + 7), height: jpeg.readUInt16BE(at + 5) };
    }
  }
  throw new Error("no frame header");
}
