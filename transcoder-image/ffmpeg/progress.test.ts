import { expect, test } from "vitest";
import { encodeProgress, ProgressParser, type FfmpegProgress } from "./progress.ts";

function parse(text: string): FfmpegProgress[] {
  const parser = new ProgressParser();
  return text.split("\n").flatMap((line) => parser.push(line) ?? []);
}

const aReport: FfmpegProgress = {
  frame: 30,
  fps: 12.5,
  speed: 0.5,
  out_time_seconds: 1.2,
  total_size_bytes: 4096,
};

test("a report ends with its progress line", () => {
  const text = [
    ...["frame=30", "fps=12.5", "stream_0_0_q=-0.0", "bitrate= 813.6kbits/s", "total_size=4096"],
    ...["out_time_us=1200000", "out_time=00:00:01.200000", "speed= 0.5x", "progress=continue"],
    "frame=31",
  ].join("\n");
  expect(parse(text)).toEqual([aReport]);
});

test("what ffmpeg does not know yet is null", () => {
  expect(parse("frame=1\ntotal_size=N/A\nout_time_us=N/A\nspeed=N/A\nprogress=end")).toEqual([
    { frame: 1, fps: null, speed: null, out_time_seconds: null, total_size_bytes: null },
  ]);
});

test("a report forgets the one before", () => {
  const [, second] = parse("fps=5\nprogress=continue\nframe=2\nprogress=continue");
  expect(second?.fps).toBeNull();
});

test("progress is measured in counted frames", () => {
  expect(encodeProgress(aReport, 120)).toEqual({
    percent: 25,
    frame: 30,
    total_frames: 120,
    fps: 12.5,
    speed: 0.5,
    eta_seconds: 7,
  });
});

test("more frames than were counted are no more than all of them", () => {
  expect(encodeProgress({ ...aReport, frame: 200 }, 120)).toMatchObject({
    percent: 100,
    eta_seconds: 0,
  });
});

test("before the first frame there is neither a speed nor an estimate", () => {
  const nothingYet = { percent: 0, frame: 0, total_frames: 120 };
  expect(encodeProgress({ ...aReport, frame: 0, speed: 1190 }, 120)).toEqual(nothingYet);
});

test("a rate of 0 is no rate yet", () => {
  const counted = { percent: 25, frame: 30, total_frames: 120 };
  expect(encodeProgress({ ...aReport, fps: 0, speed: 0.01 }, 120)).toEqual(counted);
});

test.each([
  ["the first frame of a long video", 1, 1000, false],
  ["60 frames of a long video", 60, 1000, true],
  ["few frames of a short video", 9, 40, false],
  ["a quarter of a short video", 10, 40, true],
])("%s: is there an estimate of the rest?", (_what, frame, total, isThere) => {
  expect("eta_seconds" in encodeProgress({ ...aReport, frame }, total)).toBe(isThere);
});
