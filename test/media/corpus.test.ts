import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { makeScratch, type Scratch } from "@transpod/transcoder-image/testing/scratch.ts";
import { allCases } from "./all-cases.ts";
import { convertCase, isAvailable } from "./convert-case.ts";
import { readCaptions, readSubtitles } from "./caption-facts.ts";
import { readFacts, type Facts } from "./facts.ts";
import { missingFiles } from "./fetch.ts";
import { isRefused, type Converted, type MediaCase, type Refused } from "./media-case.ts";

vi.setConfig({ testTimeout: 180_000 });

let scratch: Scratch;
const requests: (string | undefined)[] = [];
const canary = createServer((request, response) => {
  requests.push(request.url);
  response.writeHead(404).end();
});

beforeAll(async () => {
  scratch = await makeScratch();
  await new Promise<void>((resolve) => canary.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
  canary.close();
  await scratch[Symbol.asyncDispose]();
});

test("every real file that this machine can have is there", () => {
  expect(
    missingFiles().map((file) => file.path),
    "run scripts/setup-media",
  ).toEqual([]);
});

const available = allCases.filter(isAvailable);

test.for(available.filter(({ result }) => !isRefused(result)))("$file: $what", async (each) => {
  const { input, output, converted, refusal } = await convertCase(each, ...place(each));
  expect(refusal).toBeUndefined();
  const result = each.result as Converted;
  const [before, after] = [await readFacts(input), await readFacts(output)];
  expect(after).toMatchObject(wanted(before, result));
  // H.264 gets what an ordinary screen shows.
  expect(after.hdr10).toEqual(result.codec === "hevc" ? before.hdr10 : []);
  for (const tag of result.removed ?? []) {
    expect(before.tags).toHaveProperty([tag]);
    expect(after.tags).not.toHaveProperty([tag]);
  }
  expect(after.times).toHaveLength(result.frames);
  expect(
    apart(after.times, inPlaceOf(after.times, before.times)),
    "milliseconds",
  ).toBeLessThanOrEqual(1);
  expect(apart([result.seconds ?? before.seconds], [after.seconds]), "ms").toBeLessThanOrEqual(1);
  expect(after.movieSeconds).toBeGreaterThan(after.seconds - 0.001);
  expect(converted?.verified.verification.duration_difference_ms).toBeLessThanOrEqual(1);
  expect(apart(before.soundOffsets, after.soundOffsets), "milliseconds").toBeLessThanOrEqual(1);
  const texts = result.subtitles === undefined ? [] : [input, output];
  const [said, saidAfter] = await Promise.all(texts.map(readSubtitles));
  expect(saidAfter).toBe(said);
  const captioned = result.captions === undefined ? [] : [input, output];
  const [captions = [], captionsAfter = []] = await Promise.all(captioned.map(readCaptions));
  expect(captionsAfter).toEqual(captions);
  expect(captions).toHaveLength(result.captions ?? 0);
  const notes = converted?.notes.filter((note) => !note.startsWith("The result is"));
  expect(notes).toEqual(result.notes ?? []);
});

test.for(available.filter(({ result }) => isRefused(result)))("$file: $what", async (each) => {
  const { refusal } = await convertCase(each, ...place(each));
  const { refused, sentence } = each.result as Refused;
  expect(refusal).toMatchObject({ code: refused });
  expect(refusal?.message).toContain(sentence);
});

test("none of them made the worker ask the network", () => {
  expect(requests).toEqual([]);
});

/** A folder of its own for each, and the address of the canary. */
function place(each: MediaCase): [folder: string, canaryUrl: string] {
  const { port } = canary.address() as AddressInfo;
  return [scratch.file(String(allCases.indexOf(each))), `http://127.0.0.1:${port}`];
}

function wanted(before: Facts, result: Converted): Partial<Facts> {
  return {
    codec: result.codec,
    tag: result.codec === "hevc" ? "hvc1" : "avc1",
    size: result.size ?? before.size,
    pixelFormat: result.pixelFormat ?? before.pixelFormat,
    colour: result.colour ?? before.colour,
    pixelShape: before.pixelShape,
    rotation: before.rotation,
    audio: result.audio ?? [],
    languages: before.languages,
    subtitles: result.subtitles ?? [],
    covers: result.covers ?? [],
    chapters: before.chapters,
    tags: expect.objectContaining({ ...lastingTags(before), ...result.tags }) as Facts["tags"],
  };
}

/** How ffprobe shows a time of creation that nobody set. */
const never = "1970-01-01";

function lastingTags({ tags }: Facts): Record<string, string> {
  const kept = Object.entries(tags).filter(
    ([name, value]) => ["title", "creation_time"].includes(name) && !value.startsWith(never),
  );
  return Object.fromEntries(kept);
}

/** The source's times: of every frame, or where some were lost, the nearest ones. */
function inPlaceOf(times: readonly number[], source: readonly number[]): readonly number[] {
  if (times.length >= source.length) return source;
  const distance = (time: number) => (a: number, b: number) =>
    Math.abs(a - time) - Math.abs(b - time);
  return times.map((time) => source.toSorted(distance(time))[0] ?? Number.NaN);
}

/** The most milliseconds between numbers of the same place. */
function apart(seconds: readonly number[], others: readonly number[]): number {
  return Math.max(0, ...seconds.map((time, i) => Math.abs(time - (others[i] ?? NaN)) * 1000));
}
