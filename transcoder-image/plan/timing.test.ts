import { expect, test } from "vitest";
import { aSource } from "../testing/builders.ts";
import { timing } from "./timing.ts";

const optionOf = (args: string[], name: string) => args[args.indexOf(name) + 1];

test.each([
  ["1/25", 0.12, 12_800],
  ["1/600", 0.12, 19_200],
  ["1/24000", 0.12, 24_000],
  ["1/90000", 0.12, 90_000],
  ["1/10000000", 0.12, 10_000_000],
  ["1/10000000", 300, 10_000],
  ["", 0.12, 10_000],
])("times of %s and %d s are counted in 1/%d s", (timeBase, presentedSeconds, units) => {
  const args = timing({ ...aSource({ timeBase }), presentedSeconds });
  expect(optionOf(args, "-enc_time_base:v:0")).toBe(`1/${units}`);
  expect(optionOf(args, "-video_track_timescale")).toBe(String(units));
});

test("a pause in the middle that is too long for fine units makes them coarse", () => {
  const source = aSource({ timeBase: "1/10000000" });
  const args = timing({ ...source, timestamps: [0, 0.04, 300], presentedSeconds: 300.04 });
  expect(optionOf(args, "-enc_time_base:v:0")).toBe("1/10000");
});

test.each([
  [1.9, 24_320],
  [0.73, 9344],
  [0.730_01, 9345],
])("samples last for %d s or up to a unit more", (presentedSeconds, units) => {
  const args = timing({ ...aSource(), presentedSeconds });
  expect(optionOf(args, "-bsf:v:0")).toContain(`${units}-DTS+STARTDTS`);
});
