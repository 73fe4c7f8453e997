import { expect, test } from "vitest";
import type { FileStatus } from "@transpod/contract/public-api.ts";
import { describeEvent, formatSaved, resultName } from "./format.ts";

const file = (fields: Partial<FileStatus>) =>
  ({ file_name: "holiday.mov", ...fields }) as FileStatus;

test("what is saved, and the name of a result, are written for people", () => {
  expect(formatSaved(file({ size_bytes: 100, processed_size_bytes: 107 }))).toBe("-7 %");
  expect(resultName(file({ target_codec: "hevc" }))).toBe("holiday.h265.mov");
  expect(resultName(file({ target_codec: "h264" }))).toBe("holiday.h264.mov");
});

test("a file that waits says when it starts, once that is known", () => {
  const inMinutes = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();
  const waiting = file({ processing_status: "pending", queue_position: 3, failure: null });
  const place = "pending, position 3 in the queue";
  expect(describeEvent({ ...waiting, expected_start: null })).toBe(place);
  const expected_start = { earliest: inMinutes(5.5), latest: inMinutes(11.5) };
  expect(describeEvent({ ...waiting, expected_start })).toBe(
    `${place}, starts in about 5 to 12 min`,
  );
});
