import { expect, test } from "vitest";
import { adviceFor, causeOf, causes } from "./causes.ts";
import { failureCodes, type FailureCode } from "./failures.ts";

const expected: Readonly<Record<FailureCode, (typeof causes)[number]>> = {
  empty_file: "file",
  not_a_video: "file",
  no_video_track: "file",
  unsupported_codec: "file",
  encrypted: "file",
  too_large: "file",
  truncated: "file",
  source_changed: "user",
  verification_failed: "transpod",
  damaged: "file",
  already_optimal: "user",
  transcode_failed: "transpod",
  transfer_failed: "s3",
  connection_lost: "network",
  stalled: "cluster",
  internal_error: "transpod",
  disk_full: "cluster",
  out_of_memory: "memory",
  deadline_exceeded: "cluster",
  no_result: "cluster",
  job_lost: "cluster",
  upload_expired: "user",
  never_started: "cluster",
  job_name_taken: "cluster",
  interrupted: "eviction",
};

test.each(failureCodes)("%s has a cause, and advice in whole sentences", (code) => {
  expect(causeOf(code)).toBe(expected[code]);
  expect(adviceFor(code)).toMatch(/^[A-Z].*\.$/);
});

test("every cause occurs", () => {
  expect(new Set(Object.values(expected))).toEqual(new Set(causes));
});
