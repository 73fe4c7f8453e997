import { expect, test } from "vitest";
import {
  chunkKey,
  fileIdOfChunkKey,
  posterKey,
  stillKey,
  fileIdOfProcessedKey,
  fileIdOfRawKey,
  processedKey,
  rawKey,
  videoExtension,
} from "./object-keys.ts";

const id = "0b0f2c0e-6f0b-4e5e-9a53-0a3f6f4f8a11";

test.each([
  ["holiday.mp4", `holiday-${id}.mp4`],
  ["HOLIDAY.MOV", `HOLIDAY-${id}.mov`],
  ["a b+c%20d.mp4", `a_b_c_20d-${id}.mp4`],
  ["süß 🎬.mov", `süß_-${id}.mov`],
  [".mp4.mp4", `.mp4-${id}.mp4`],
  [`${"ü".repeat(120)}.mp4`, `${"ü".repeat(100)}-${id}.mp4`],
])("the raw key of %j is readable and leads back to the file", (name, key) => {
  expect(rawKey(name, id)).toBe(key);
  expect(fileIdOfRawKey(key)).toBe(id);
});

test.each(["holiday.mp4", `${id}.mp4`, `holiday-${id}.avi`, `holiday-${id}.mp4.txt`, ""])(
  "%j is a key we never issued",
  (key) => {
    expect(fileIdOfRawKey(key)).toBeUndefined();
  },
);

test("a processed key leads back to the file", () => {
  expect(fileIdOfProcessedKey(processedKey(id, 12, 3, ".mov"))).toBe(id);
});

test.each([`${id}/1.mp4`, `${id}/1-1.avi`, `${id}/1-1.mp4.txt`, `x/${id}/1-1.mp4`, id])(
  "%j is a processed key we never issued",
  (key) => {
    expect(fileIdOfProcessedKey(key)).toBeUndefined();
  },
);

test("a chunk's key leads back to the file, and is no result's key", () => {
  const key = chunkKey(id, 0, 12, 3);
  expect(key).toBe(`${id}/chunks/0-12-3.mp4`);
  expect(fileIdOfChunkKey(key)).toBe(id);
  expect(fileIdOfProcessedKey(key)).toBeUndefined();
});

test.each([`${id}/chunks/0-1.mp4`, `${id}/0-1-1.mp4`, `${id}/chunks/0-1-1.mov`, `${id}/1-1.mp4`])(
  "%j is a chunk's key we never issued",
  (key) => {
    expect(fileIdOfChunkKey(key)).toBeUndefined();
  },
);

test("the keys of stills are the lease's own, and no result's or chunk's", () => {
  const ref = { fileId: id, attempt: 12, lease: 3 };
  const keys = [stillKey(ref, 0, "original"), stillKey(ref, 0, "processed"), posterKey(ref)];
  expect(keys).toEqual([
    `${id}/stills/12-3/0-original.jpg`,
    `${id}/stills/12-3/0-processed.jpg`,
    `${id}/stills/12-3/poster.jpg`,
  ]);
  expect(keys.map(fileIdOfProcessedKey)).toEqual([undefined, undefined, undefined]);
  expect(keys.map(fileIdOfChunkKey)).toEqual([undefined, undefined, undefined]);
});

test("two leases never write to one key", () => {
  expect(processedKey(id, 1, 1, ".mp4")).not.toBe(processedKey(id, 1, 2, ".mp4"));
});

test("only .mp4 and .mov count as videos, in any case", () => {
  const names = ["a.mp4", "a.MOV", "a.avi", "mp4", ".mp4", "a.mp4.exe"];
  expect(names.map(videoExtension)).toEqual([
    ".mp4",
    ".mov",
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});
