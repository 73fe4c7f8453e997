import { open } from "node:fs/promises";
import { expect, test } from "vitest";
import { makeScratch } from "../testing/scratch.ts";
import { readVideoIndex } from "./video-index.ts";
import { writeMovie, type WrittenSample } from "./write-movie.ts";

test("the index of two hours of video is read as it was written", async () => {
  await using scratch = await makeScratch();
  const path = scratch.file("long.mp4");
  const samples: WrittenSample[] = Array.from({ length: 180_000 }, (_, i) => ({
    ...{ size: 1 + (i % 3), decodeTime: 2 * i, time: 2 * i + (i % 5), isSync: i % 50 === 0 },
  }));
  const stsd = Buffer.from("0000000000000001", "hex");
  const boxes = {
    ...{ tkhd: Buffer.alloc(84), mdhd: Buffer.alloc(24), vmhd: null, stsd },
    hdlr: Buffer.from("\0\0\0\0\0\0\0\0vide", "latin1"),
  };
  const shown = { start: 4, end: 360_000 };
  async function* data() {
    yield Buffer.alloc(samples.reduce((sum, { size }) => sum + size, 0));
  }
  await using file = await open(path, "w");
  await writeMovie(file, { timescale: 50, samples, shown, boxes }, data());
  const index = await readVideoIndex(path, 1);
  expect(index).toMatchObject({ timescale: 50, shown });
  const read = index?.samples.map(({ size, decodeTime, time, isSync }) => {
    return { size, decodeTime, time, isSync };
  });
  expect(read).toEqual(samples);
});
