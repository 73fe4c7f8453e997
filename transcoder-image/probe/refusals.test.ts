import { expect, test } from "vitest";
import { aMedia, anAudioTrack, aVideoTrack } from "../testing/builders.ts";
import { defaultLimits } from "@transpod/contract/media-limits.ts";
import { refuseDuration, refuseFrames, refuseMedia } from "./refusals.ts";

test.each([aVideoTrack(), aVideoTrack({ codec: "hevc" })])("takes $codec", (track) => {
  expect(refuseMedia(aMedia({ video: [track] }))).toBeNull();
});

test.each([
  [
    "no_video_track",
    aMedia({ video: [], audio: [anAudioTrack()], covers: [{ index: 1, codec: "mjpeg" }] }),
    "The file has no video track. It contains only aac audio and a cover picture.",
  ],
  [
    "unsupported_codec",
    aMedia({ video: [aVideoTrack({ codec: "av1" })] }),
    "The file contains AV1 video; Transpod converts between H.264 and H.265.",
  ],
  [
    "too_large",
    aMedia({ video: [aVideoTrack({ width: 16000, height: 16000 })] }),
    "The video is 16000 x 16000 pixels; Transpod takes up to 36 million pixels per frame.",
  ],
  [
    "too_large",
    aMedia({ audio: Array.from({ length: 100 }, (_, i) => anAudioTrack({ index: i + 1 })) }),
    "The file has 101 tracks; Transpod takes up to 64.",
  ],
  [
    "damaged",
    aMedia({ video: [aVideoTrack({ pixelFormat: "" })] }),
    "The file is damaged: none of its video can be decoded.",
  ],
  [
    "not_a_video",
    aMedia({ video: [aVideoTrack({ width: 16, height: 1 })] }),
    "The video is 16 x 1 pixels; Transpod takes 2 x 2 and more.",
  ],
  [
    "encrypted",
    aMedia({ encrypted: true }),
    "The file is encrypted (DRM), so Transpod can't read its video.",
  ],
])("%s", (code, media, sentence) => {
  expect(refuseMedia(media)).toEqual({ code, sentence });
});

test("a video of more hours than is allowed is too large", () => {
  expect(refuseDuration(86_400, defaultLimits)).toBeNull();
  expect(refuseDuration(100_000, defaultLimits)).toEqual({
    code: "too_large",
    sentence: "The video is 27.8 hours long; Transpod takes up to 24.",
  });
});

test.each([
  ["as many frames as claimed", 180, 180],
  ["a header that claims nothing", null, 34],
  ["more frames than claimed", 30, 31],
])("%s is not truncated", (_what, claimed, found) => {
  expect(refuseFrames(claimed, found)).toBeNull();
});

test("fewer frames than the header says is a file that was cut off", () => {
  expect(refuseFrames(180, 34)).toEqual({
    code: "truncated",
    sentence:
      "The file is cut off: its header lists 180 frames, but it contains 34. Upload it again.",
  });
});
