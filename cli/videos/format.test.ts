import { expect, test } from "vitest";
import type { FileStatus } from "@transpod/contract/public-api.ts";
import { formatSaved, resultName } from "./format.ts";

const file = (fields: Partial<FileStatus>) =>
  ({ file_name: "holiday.mov", ...fields }) as FileStatus;

test("what is saved, and the name of a result, are written for people", () => {
  expect(formatSaved(file({ size_bytes: 100, processed_size_bytes: 107 }))).toBe("-7 %");
  expect(resultName(file({ target_codec: "hevc" }))).toBe("holiday.h265.mov");
  expect(resultName(file({ target_codec: "h264" }))).toBe("holiday.h264.mov");
});
