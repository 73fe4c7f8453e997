import { expect, test } from "vitest";
import type { Transaction } from "@transpod/contract/transactions-api.ts";
import { fileStatus, type FileStatus } from "@transpod/contract/public-api.ts";
import { defaultSettings } from "@transpod/contract/transcode-settings.ts";
import { formatBytes, formatSaved, formatSeconds, resultName } from "./format.ts";
import { tellStory } from "./story.ts";

const nothing = Object.fromEntries(Object.keys(fileStatus.shape).map((name) => [name, null]));
const file = (fields: Partial<FileStatus>): FileStatus => ({
  ...(nothing as unknown as FileStatus),
  ...{ file_id: "0b0f2c0e-6f0b-4e5e-9a53-0a3f6f4f8a11", file_name: "holiday.mov" },
  ...{ settings: defaultSettings, notes: [], created_at: "2026-01-31T12:00:00Z" },
  ...fields,
});
const attempt: Transaction = {
  ...{
    attempt: 1,
    outcome: null,
    failure: null,
    counted: null,
    worker_log: null,
    worker: "pod-1",
    claims: 1,
  },
  ...{ workers_started: 1, chunks: null, memory_scale: 1, waiting_for: null, original_codec: null },
  ...{ target_codec: null, notes: [], phase_times: null, queued_at: "2026-01-31T12:00:05Z" },
  ...{ reserved_at: "2026-01-31T12:01:05Z", launched_at: "2026-01-31T12:01:05Z" },
  ...{ claimed_at: "2026-01-31T12:01:09Z", last_heard_at: null, ended_at: null },
};
const texts = (...story: Parameters<typeof tellStory>) =>
  tellStory(...story).map(({ text }) => text);

test("a failed attempt is told with its reason, and the next one with what is different", () => {
  const failed: Transaction = {
    ...attempt,
    ...{
      outcome: "failed",
      failure: { code: "out_of_memory", detail: "It needed more memory.", cause: "memory" },
    },
    ...{ counted: false, ended_at: "2026-01-31T12:02:09Z" },
  };
  const next = {
    ...attempt,
    attempt: 2,
    memory_scale: 2,
    chunks: 6,
    workers_started: 3,
    claimed_at: null,
  };
  expect(texts(file({ processing_status: "pending", queue_position: 3 }), [failed, next])).toEqual([
    "The file was announced.",
    "Attempt 1 was queued.",
    "Attempt 1 got a free slot after 1 min 0 s.",
    "Its Job was created.",
    "Worker pod-1 took it after 4 s.",
    "Attempt 1 failed after 1 min 0 s (out_of_memory): It needed more memory. This does not count against the limit of attempts.",
    "Attempt 2 was queued.",
    "Attempt 2 got a free slot after 1 min 0 s.",
    "Its Job was created. It has 2 times the usual memory.",
    'Now: pending, position 3 in the queue. Next: "transpod watch 0b0f2c0e" shows its progress.',
  ]);
});

test.each([
  [{ processing_status: "awaiting_upload" }, "It waits for its upload."],
  [{ processing_status: "completed", size_bytes: 100, processed_size_bytes: 32 }, "68 % smaller"],
  [
    { processing_status: "failed", failure: { code: "a", detail: "It is damaged." } },
    "It is damaged.",
  ],
  [{ processing_status: "cancelled" }, "transpod retry"],
] as const)("%j: the last sentence says %j", (fields, sentence) => {
  expect(texts(file(fields), []).at(-1)).toContain(sentence);
});

test("sizes, times and names are written for people", () => {
  expect([0, 999, 1500, 123_456_789].map(formatBytes)).toEqual([
    "0 B",
    "999 B",
    "1.5 kB",
    "123 MB",
  ]);
  expect([4.4, 65, 3_720].map(formatSeconds)).toEqual(["4 s", "1 min 5 s", "1 h 2 min"]);
  expect(formatSaved(file({ size_bytes: 100, processed_size_bytes: 107 }))).toBe("-7 %");
  expect(resultName(file({ target_codec: "hevc" }))).toBe("holiday.h265.mov");
  expect(resultName(file({ target_codec: "h264" }))).toBe("holiday.h264.mov");
});
