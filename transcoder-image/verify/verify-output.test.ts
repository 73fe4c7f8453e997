import { readFile, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { defaultLimits } from "@transpod/contract/media-limits.ts";
import { defaultSettings } from "@transpod/contract/transcode-settings.ts";
import { convert } from "../attempt/convert.ts";
import { PhaseClock } from "../attempt/phase-clock.ts";
import { writeVideoDuration } from "../attempt/write-duration.ts";
import { readFfmpegFacts } from "../ffmpeg/facts.ts";
import { generate } from "../testing/generate.ts";
import { makeScratch, type Scratch } from "../testing/scratch.ts";
import { verifyOutput } from "./verify-output.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let scratch: Scratch;
let verify: () => Promise<unknown>;
let output: string;
let seconds: number;

beforeAll(async () => {
  scratch = await makeScratch();
  // A pause before the last frame, so that the table of durations ends with an entry of one sample.
  const filters = "setpts='(N+50*eq(N,24))/25/TB'";
  const input = await generate(scratch.file("source.mp4"), { audio: null, filters });
  output = scratch.file("output.mp4");
  const { signal } = new AbortController();
  const { source, plan } = await convert(
    {
      config: { cpus: 2, stallSeconds: 60 },
      settings: { ...defaultSettings, preset: "ultrafast", if_larger: "keep" },
      limits: defaultLimits,
      readFfmpegFacts,
      clock: new PhaseClock(() => undefined),
      report: () => undefined,
      onPlanned: () => undefined,
      signal,
    },
    { container: "mp4", input, output },
  );
  seconds = source.presentedSeconds;
  verify = () =>
    verifyOutput({
      ...{ output, source, expected: plan.expected, samples: plan.samples },
      encoded: { frames: 25, errorCount: 0 },
      ...{
        cpus: 2,
        onDamage: "fail",
        stallSeconds: 60,
        onProgress: () => undefined,
        signal,
      },
    });
});
afterAll(() => scratch[Symbol.asyncDispose]());

test("an output that is shown as long as its source is right", async () => {
  await expect(verify()).resolves.toMatchObject({ verification: { duration_difference_ms: 0 } });
});

test("a last frame that is shown too short or too long is found", async () => {
  const whole = await readFile(output);
  await writeVideoDuration(output, seconds - 0.025);
  await expect(verify()).rejects.toThrow("25 ms longer or shorter");
  await writeVideoDuration(output, seconds + 0.002);
  await expect(verify()).rejects.toThrow("2 ms longer or shorter");
  await writeFile(output, whole);
});

test("samples that end before the edit list does are found", async () => {
  const whole = await readFile(output);
  const broken = Buffer.from(whole);
  const table = broken.indexOf("stts") + 4;
  const last = table + 8 * broken.readUInt32BE(table + 4);
  expect(broken.readUInt32BE(last), "samples of the last entry").toBe(1);
  broken.writeUInt32BE(1, last + 4);
  await writeFile(output, broken);
  await expect(verify()).rejects.toThrow("ms longer or shorter");
  await writeFile(output, whole);
});
