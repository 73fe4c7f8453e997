import { readFile, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { makeScratch, type Scratch } from "@transpod/transcoder-image/testing/scratch.ts";
import { encodeBothWays } from "./cut-case.ts";
import type { Recipe } from "./media-case.ts";
import { madeOf, remuxed, rotated, trimmed, video } from "./recipes.ts";

vi.setConfig({ testTimeout: 60_000 });

let scratch: Scratch;
beforeAll(async () => {
  scratch = await makeScratch();
});
afterAll(() => scratch[Symbol.asyncDispose]());

const x264 = (params: string, ...more: string[]) => ["-x264-params", params, ...more];
const x265 = (params: string, ...more: string[]) => [
  ...["-x265-params", `log-level=error:${params}`, "-tag:v", "hvc1"],
  ...more,
];
const gop = ["-g", "10"];
const pyramid = ["-bf", "4", "-preset", "slow"];
const seconds = 3;
const hdr = ["-color_primaries", "bt2020", "-colorspace", "bt2020nc", "-color_trc"];

/** Its first frame stays an IDR picture, but the index no longer says so. */
const withoutFirstSync = (whole: Recipe) =>
  madeOf(whole, async (from, to) => {
    const bytes = await readFile(from);
    const table = bytes.indexOf("stss") + 4;
    bytes.writeUInt32BE(bytes.readUInt32BE(table + 12), table + 8);
    await writeFile(to, bytes);
  });

const cases: Record<string, { source: Recipe; chunks: number }> = {
  "a constant frame rate": { source: video({ seconds, options: gop }), chunks: 4 },
  "a variable frame rate": {
    source: video({
      ...{ rate: 60, seconds, options: [...gop, ...pyramid] },
      filters: "select='not(mod(n,3))+not(mod(n,7))'",
    }),
    chunks: 4,
  },
  "pyramids of B-frames": { source: video({ seconds, options: [...gop, ...pyramid] }), chunks: 4 },
  "open GOPs of H.264, whose sync samples are recovery points": {
    source: video({ seconds, options: x264("open-gop=1:b-pyramid=normal", ...gop, ...pyramid) }),
    chunks: 4,
  },
  "open GOPs of H.265: CRA pictures with leading pictures": {
    source: video({ seconds, codec: "libx265", options: x265("open-gop=1:keyint=10:bframes=4") }),
    chunks: 4,
  },
  "an edit list that hides the start": {
    source: trimmed(0.52, video({ seconds, options: [...gop, ...pyramid] })),
    chunks: 3,
  },
  "a start later than the sound's": {
    source: remuxed(video({ seconds, options: [...gop, "-output_ts_offset", "0.5"] })),
    chunks: 4,
  },
  "10 bits, HDR10": {
    source: video({
      ...{ seconds, codec: "libx265", pixelFormat: "yuv420p10le" },
      options: x265("keyint=10:bframes=3:hdr10=1:max-cll=1000,400", ...hdr, "smpte2084"),
    }),
    chunks: 4,
  },
  "10 bits of H.264, HLG": {
    source: video({
      seconds,
      pixelFormat: "yuv420p10le",
      options: [...gop, ...hdr, "arib-std-b67"],
    }),
    chunks: 4,
  },
  "a first frame that is no sync sample": {
    source: withoutFirstSync(video({ seconds, options: gop })),
    chunks: 4,
  },
  "a rotation": { source: rotated(video({ seconds, options: gop })), chunks: 4 },
  "odd sizes": {
    source: video({
      ...{ seconds, size: "180x120", pixelFormat: "yuv444p", options: gop },
      filters: "format=yuv444p,crop=161:91:0:0",
    }),
    chunks: 4,
  },
};

test.for(Object.entries(cases))(
  "%s: every frame is the same, at the same time",
  async ([name, each]) => {
    const place = String(Object.keys(cases).indexOf(name));
    const input = scratch.file(`${place}.mp4`);
    await each.source(input, {
      beside: (other) => scratch.file(`${place}-${other}`),
      canaryUrl: "",
    });
    const made = await encodeBothWays(input, scratch.file(place), 0.6);
    if (made === null || typeof made === "string") throw new Error(`not cut: ${made}`);
    expect(made.chunks).toBe(each.chunks);
    expect(made.chunked.pictures).toEqual(made.whole.pictures);
    expect(made.chunked.times).toEqual(made.whole.times);
  },
);

test.each([
  [
    "interlaced",
    video({
      options: ["-flags", "+ildct+ilme", "-x264-params", "tff=1", "-g", "5"],
      size: "160x96",
    }),
    "It is interlaced, and deinterlacing needs the frames next to each frame.",
  ],
  ["fragmented", video({ options: ["-g", "5", "-movflags", "frag_keyframe+empty_moov"] }), null],
  ["one GOP", video(), "It has no place where it can be cut."],
])("not cut: %s", async (name, source, expected) => {
  const input = scratch.file(`${name}.mp4`);
  await source(input, { beside: (other) => scratch.file(other), canaryUrl: "" });
  expect(await encodeBothWays(input, scratch.file(name), 0.2)).toBe(expected);
});
