import { expect, test } from "vitest";
import { findFaults, type Facts } from "./proof.ts";

const original: Facts = {
  codec: "h264",
  tag: "avc1",
  frames: 48,
  spanSeconds: 1.958,
  durationSeconds: 2,
  sizeBytes: 1000,
};
const right: Facts = { ...original, codec: "hevc", tag: "hvc1", durationSeconds: 1.9 };

test("a right result has no faults, whatever its header says of the duration", () => {
  expect(findFaults(original, right)).toEqual([]);
});

test.each([
  ["the codec did not change", { codec: "h264", tag: "avc1" }, "the codec is h264 instead of hevc"],
  ["a frame is missing", { frames: 47 }, "it has 47 frames instead of 48"],
  ["the last frame moved", { spanSeconds: 2 }, "its last frame is 0.042 s out of place"],
  ["QuickTime can't play it", { tag: "hev1" }, "its tag is hev1, not hvc1"],
])("when %s it is said", (_, wrong, fault) => {
  expect(findFaults(original, { ...right, ...wrong })).toEqual([fault]);
});
