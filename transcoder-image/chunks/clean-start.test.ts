import { expect, test } from "vitest";
import { isCleanStart, lengthBytes } from "./clean-start.ts";

/** A sample of NAL units, each after its length of four bytes. */
function sample(...units: number[][]): Buffer {
  const bytes = units.flatMap((unit) => [0, 0, 0, unit.length, ...unit]);
  return Buffer.from(bytes);
}

const aud = [9, 0xf0];
const idr = [0x65, 0x88];
const slice = [0x41, 0x9a];
const userData = [6, 5, 3, 1, 2, 3, 0x80];
/** recovery_frame_cnt 0, exact_match_flag 1; then with a count of 9; then not exact. */
const exact = [6, 6, 1, 0b1100_0100, 0x80];
const slow = [6, 6, 2, 0b0001_0101, 0x40, 0x80];
const inexact = [6, 6, 1, 0b1000_0100, 0x80];

test.each([
  ["an IDR picture", "h264", sample(aud, userData, idr), true],
  ["an exact recovery point", "h264", sample(aud, exact, slice), true],
  [
    "one after other messages in one unit",
    "h264",
    sample([6, 5, 1, 9, 6, 1, 0xc4, 0x80], slice),
    true,
  ],
  ["a recovery point that needs frames", "h264", sample(slow, slice), false],
  ["a recovery point that is not exact", "h264", sample(inexact, slice), false],
  ["no recovery point", "h264", sample(aud, slice), false],
  ["nothing", "h264", Buffer.alloc(0), false],
  ["IDR_W_RADL", "hevc", sample([32 << 1, 1], [19 << 1, 1]), true],
  ["CRA", "hevc", sample([21 << 1, 1]), true],
  ["TRAIL_R", "hevc", sample([39 << 1, 1], [1 << 1, 1]), false],
])("%s (%s)", (_, codec, head, expected) => {
  expect(isCleanStart(head, codec, 4)).toBe(expected);
});

test("the length of a length is in the decoder's configuration", () => {
  const avc = Buffer.from("....avcC\x01\x64\x00\x1f\xff", "latin1");
  const hevc = Buffer.concat([Buffer.from("....hvcC"), Buffer.alloc(21), Buffer.from([0xfd])]);
  expect([lengthBytes(avc), lengthBytes(hevc), lengthBytes(Buffer.from("mp4v"))]).toEqual([
    4,
    2,
    null,
  ]);
});
