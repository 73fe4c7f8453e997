import { expect, test } from "vitest";
import type { CaptionTrack } from "../probe/media.ts";
import { captionTracksNotes, judgeCaptions } from "./judge-captions.ts";

const kept = { captions: true };
const source = ["/JQg", "", "/JQs"];

test("captions in the same pictures are right", () => {
  expect(judgeCaptions(kept, source, source)).toBeNull();
  expect(judgeCaptions(kept, null, null)).toBeNull();
  expect(judgeCaptions({ captions: false }, source, null)).toBeNull();
});

test.each([
  ["lost", null, "of 2 of 3 frames"],
  ["shown too early", ["/JQg", "/JQs", ""], "of 2 of 3 frames"],
  ["others", ["/JQg", "", "/JQg"], "of 1 of 3 frames"],
])("captions that are %s are found", (_what, output, sentence) => {
  expect(judgeCaptions(kept, source, output)).toContain(sentence);
});

test("what is lost of a caption track is told", () => {
  const track = { index: 1, hasSecondField: false, isReadable: true, isCut: false };
  const captionTracks: CaptionTrack[] = [{ ...track, firstField: "a" }];
  expect(captionTracksNotes({ captionTracks: ["a"] }, { captionTracks })).toEqual([]);
  expect(captionTracksNotes({ captionTracks: [null] }, { captionTracks })).toEqual([]);
  expect(captionTracksNotes({ captionTracks: ["b"] }, { captionTracks })).toHaveLength(1);
  expect(captionTracksNotes({ captionTracks: ["a"] }, { captionTracks: [] })).toHaveLength(1);
});
