import { execa } from "execa";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { readFfmpegFacts } from "../ffmpeg/facts.ts";
import { makeScratch, type Scratch } from "../testing/scratch.ts";
import { readMedia, readPacketTimes } from "./ffprobe.ts";

const { signal } = new AbortController();
const options = { ignoreEdits: false, signal };

let scratch: Scratch;
/** A pipe without a writer: opening it waits for ever. */
let silent: string;

beforeAll(async () => {
  scratch = await makeScratch();
  silent = scratch.file("silent.mp4");
  await execa("mkfifo", [silent]);
});
afterAll(() => scratch[Symbol.asyncDispose]());
afterEach(() => vi.unstubAllEnvs());

test("a file that ffprobe can't make sense of is no fault of the worker", async () => {
  await expect(readMedia(scratch.file("absent.mp4"), signal)).resolves.toBeUndefined();
});

test("an ffprobe that stands still is given up", async () => {
  await expect(readMedia(silent, signal, 50)).rejects.toMatchObject({ code: "stalled" });
});

test("so is one that stands still between packets", async () => {
  const times = readPacketTimes(silent, 0, { ...options, silenceMs: 50 });
  await expect(times).rejects.toMatchObject({ code: "stalled" });
});

test("a missing program is never blamed on the file", async () => {
  vi.stubEnv("PATH", scratch.path);
  const fault = { code: "internal_error" };
  await expect(readMedia("any.mp4", signal)).rejects.toMatchObject(fault);
  await expect(readPacketTimes("any.mp4", 0, options)).rejects.toMatchObject(fault);
  await expect(readFfmpegFacts(signal)).rejects.toMatchObject(fault);
});
