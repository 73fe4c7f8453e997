import { expect, test } from "vitest";
import { compare, describeComparison } from "./pairs.ts";

const cpu = { service: 3, ffmpeg: 2 };

test("ratios are taken pair by pair, and the median of them is told", () => {
  const pairs = [
    { service: 11, ffmpeg: 10, phase_times: { encode: 5_500 }, size: 0.5, ssim: 0.99, cpu },
    { service: 24, ffmpeg: 20, phase_times: { encode: 12_000 }, size: 0.5, ssim: 0.99, cpu },
    { service: 39, ffmpeg: 30, phase_times: { encode: 19_500 }, size: 0.5, ssim: 0.99, cpu },
  ];
  const comparison = compare("a.mp4", pairs);
  expect(comparison.ratio.median).toBeCloseTo(1.2);
  expect(comparison.share["encode"]).toBeCloseTo(0.5);
  expect(describeComparison(comparison)).toContain("time 1.200 (1.100 to 1.300)");
  expect(describeComparison(comparison)).toContain(
    "CPU time 1.500 (1.500 to 1.500): 3.0 s / 2.0 s",
  );
  expect(describeComparison(comparison)).toContain("0.50 times the source's size");
});
