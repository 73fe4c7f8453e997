import { afterAll, beforeAll, expect, test } from "vitest";
import type { Hdr10 } from "@transpod/contract/work-protocol.ts";
import { hdr10Params } from "../plan/hdr10.ts";
import { generate } from "../testing/generate.ts";
import { makeScratch, type Scratch } from "../testing/scratch.ts";
import { judgeHdr10 } from "../verify/judge-hdr10.ts";
import { readHdr10 } from "./hdr10.ts";

let scratch: Scratch;
beforeAll(async () => {
  scratch = await makeScratch();
});
afterAll(() => scratch[Symbol.asyncDispose]());

const { signal } = new AbortController();
const mastered: Hdr10 = {
  mastering: {
    ...{ red: [0.68, 0.32], green: [0.265, 0.69], blue: [0.15, 0.06] },
    ...{ white_point: [0.3127, 0.329], min_luminance: 0.005, max_luminance: 1000 },
  },
  content_light: { max_content: 1000, max_average: 400 },
};

test("what x265 is told of a display and of light is what is read and judged the same", async () => {
  const path = await encode("mastered.mp4", hdr10Params(mastered));
  const found = await readHdr10(path, 0, signal);
  expect(found).toEqual(mastered);
  expect(judgeHdr10(mastered, found)).toBeNull();
});

test("what is lost, or another's, is told", async () => {
  const path = await encode("light.mp4", ["max-cll=1000,300"]);
  const found = await readHdr10(path, 0, signal);
  expect(found).toEqual({
    mastering: null,
    content_light: { max_content: 1000, max_average: 300 },
  });
  expect(judgeHdr10(mastered, found)).toContain("HDR metadata");
  expect(judgeHdr10({ ...mastered, mastering: null }, found)).toContain("HDR metadata");
  expect(judgeHdr10(found, found)).toBeNull();
});

test("most files say nothing", async () => {
  const path = await encode("plain.mp4", []);
  expect(await readHdr10(path, 0, signal)).toBeNull();
  expect(judgeHdr10(null, mastered)).toBeNull();
});

function encode(name: string, params: readonly string[]): Promise<string> {
  const options = ["-x265-params", ["log-level=error", ...params].join(":")];
  return generate(scratch.file(name), {
    ...{ codec: "libx265", pixelFormat: "yuv420p10le", audio: null, options },
  });
}
