import { describe, expect, test } from "vitest";
import { aSource, aSubtitleTrack } from "../testing/builders.ts";
import type { CaptionTrack } from "../probe/media.ts";
import { planCaptionTracks } from "./caption-tracks.ts";
import { planCaptions, userSeiLines } from "./captions.ts";

const bookworm = { major: 5, minor: 1, hasZscale: true };
const trixie = { major: 7, minor: 1, hasZscale: true };
const captions = ["/JQg", "", "/JQg/ZQs"];
const tooMany = [Buffer.alloc(32 * 3, 0xfc).toString("base64")];
const tooManyNote =
  "Closed captions inside the video were dropped: a frame has more of them than one message can hold.";

describe("captions inside the pictures", () => {
  const plan = (codec: "h264" | "hevc", found: string[] | null, ffmpeg = trixie) =>
    planCaptions(found, { codec, ffmpeg, output: "/a:b/out.mp4" });

  test("are read by x265 from a file, and not handed on by ffmpeg", () => {
    expect(plan("hevc", captions)).toEqual({
      kept: true,
      args: ["-a53cc:v:0", "0"],
      params: [String.raw`nalu-file=/a\:b/out.mp4.captions`],
      linesPath: "/a:b/out.mp4.captions",
      notes: [],
    });
    expect(plan("hevc", captions, bookworm).args).toEqual([]);
  });

  test("are handed on to x264 by ffmpeg", () => {
    const none = { args: [], params: [], linesPath: null, notes: [] };
    expect(plan("h264", captions)).toEqual({ kept: true, ...none });
    expect(plan("h264", null)).toEqual({ kept: false, ...none });
  });

  test.each(["h264", "hevc"] as const)(
    "of which a frame has too many are left out of %s",
    (codec) => {
      expect(plan(codec, tooMany)).toMatchObject({
        ...{ kept: false, args: ["-a53cc:v:0", "0"], linesPath: null, notes: [tooManyNote] },
      });
    },
  );

  test("are a line of the same length for every picture", () => {
    const payloads = [...userSeiLines(captions)].map((line, frame) => {
      const [, number, payload = ""] = /^(\d+) PREFIX 39\/4 ([\w/+]+)\n$/.exec(line) ?? [];
      expect(Number(number)).toBe(frame);
      return Buffer.from(payload, "base64").toString("hex");
    });
    const start = "b500314741393403";
    expect(payloads).toEqual([
      `${start}41fffc9420ff00000000`,
      `${start}40ffff00000000000000`,
      `${start}42fffc9420fd942cff00`,
    ]);
  });
});

describe("a caption track", () => {
  const readable: CaptionTrack = {
    ...{ index: 2, firstField: "abc", hasSecondField: false },
    ...{ isReadable: true, isCut: false },
  };
  const plan = (
    codec: string,
    track: Partial<CaptionTrack> = {},
    container: "mov" | "mp4" = "mov",
  ) => {
    const subtitles = [aSubtitleTrack({ codec })];
    const captionTracks = codec === "eia_608" ? [{ ...readable, ...track }] : [];
    return planCaptionTracks({ ...aSource({}, { subtitles }), captionTracks }, container);
  };

  test("is kept in a .mov", () => {
    expect(plan("eia_608")).toMatchObject({ firstFields: ["abc"], notes: [] });
  });

  test.each([
    ["its second field", plan("eia_608", { hasSecondField: true }), "abc", "CC3, CC4"],
    ["some captions, where it is cut", plan("eia_608", { isCut: true }), null, "may be missing"],
  ])("is kept without %s", (_what, { firstFields, notes }, firstField, note) => {
    expect(firstFields).toEqual([firstField]);
    expect(notes.join()).toContain(note);
  });

  test.each([
    ["in an .mp4", plan("eia_608", {}, "mp4"), "an .mp4 can't hold it"],
    ["that can't be read", plan("eia_608", { isReadable: false }), "this ffmpeg can't read it"],
    ["of CTA-708", plan("c708"), "ffmpeg can't copy it"],
  ])("%s is dropped, and that is said", (_what, { kept, notes }, why) => {
    expect(kept).toEqual([]);
    expect(notes.join()).toContain(why);
  });
});
