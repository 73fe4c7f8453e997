import { expect, test } from "vitest";
import { failureCodes } from "@transpod/contract/failures.ts";
import type { CommandRow } from "@transpod/store/story.ts";
import type { TransactionRow } from "@transpod/store/transactions.ts";
import type { Story } from "./story.ts";
import { tellStory } from "./tell-story.ts";
import { anAttempt, aStory, aTransition, at, fileId } from "./testing.ts";

const texts = (story: Story) => tellStory(story).entries.map(({ text }) => text);
const job = (attempt: number) => `transpod-${fileId}-${attempt}`;

const started = {
  ...{ reserved_at: at(61), launched_at: at(61), claimed_at: at(65), lease: 1, worker: "pod-1" },
};
const failed: Partial<TransactionRow> = {
  ...started,
  ...{ outcome: "failed", failure_code: "out_of_memory", counted: true },
  ...{ failure_detail: "It needed more memory.", ended_at: at(125), worker_log: "phase=encode" },
};

test("a file is told from its announcement to its result", () => {
  const processed = { size_bytes: 407_000 } as Story["file"]["processed"];
  const story = aStory(
    { state: "completed", attempt: 1, size_bytes: 380_000, processed },
    {
      waiting: { ...aStory().waiting, declared_size_bytes: 380_000 },
      arrivals: [
        { disposition: "accepted", size_bytes: 380_000, event_at: at(-9), received_at: at(1) },
        { disposition: "superseded", size_bytes: 10, event_at: null, received_at: at(90) },
      ],
      attempts: [
        anAttempt({
          ...{ ...started, outcome: "completed", ended_at: at(79), notes: ["Sound was copied."] },
          phase_times: { download: 100, encode: 12_000, verify: 2_000 },
        }),
      ],
    },
  );
  expect(texts(story)).toEqual([
    "The file was announced (380 kB).",
    "The upload (380 kB) was accepted after 10 s.",
    "Attempt 1 joined the queue.",
    "It got a free slot after 1 min 0 s.",
    `Its Job ${job(1)} was created.`,
    "Worker pod-1 took it after 4 s.",
    "The result was verified and published after 14 s. It has 407 kB, 7 % larger. The time went into encode 12 s, verify 2 s.",
    "Sound was copied.",
    "Another upload (10 B) arrived. It was ignored: the file uses the first one that it accepted.",
  ]);
  expect(tellStory(story).next).toEqual({
    text: "Nothing. The result can be downloaded.",
    operator: null,
  });
});

test("a failed attempt names its cause and has its worker's log, and the next one says what is different", () => {
  const story = aStory(
    { state: "pending", attempt: 2, queue_position: 3 },
    {
      transitions: [aTransition(125, "processing", "pending", { attempt: 2 })],
      attempts: [
        anAttempt(failed),
        anAttempt({ attempt: 2, memory_scale: 2, created_at: at(125), launched_at: at(130) }),
      ],
    },
  );
  expect(texts(story).slice(5)).toEqual([
    "Attempt 1 failed after 1 min 0 s (out_of_memory): It needed more memory. The cause is the worker's memory.",
    "Attempt 2 joined the queue by itself.",
    `Its Job ${job(2)} was created. It has 2 times the usual memory, because the attempt before ran out of it.`,
    "It is at place 3 in the queue.",
  ]);
  expect(tellStory(story).entries[5]).toMatchObject({
    ...{ attempt: 1, kind: "failure", tone: "bad" },
    failure: { code: "out_of_memory", cause: "memory", worker_log: "phase=encode" },
  });
});

test("lost workers, chunks and more workers are told", () => {
  const attempts = [
    anAttempt({
      ...{ ...started, lease: 3, chunks: 6, workers_started: 3, workers_added_at: at(70) },
    }),
  ];
  const story = aStory(
    { state: "processing", attempt: 1, workers: 3, chunks: { done: 2, total: 6 } },
    {
      attempts,
      chunkFailures: [{ attempt: 1, code: "stalled", leases: 2, last_at: at(80) }],
    },
  );
  story.file.progress = { phase: "encode" } as NonNullable<Story["file"]["progress"]>;
  expect(texts(story).slice(4)).toEqual([
    "Worker pod-1 took it after 4 s. It was taken 2 times: an earlier worker was lost, and whatever it still does counts no more. The video was cut into 6 chunks, so that several workers encode it.",
    "It was given free slots: its Job has started 3 workers in all.",
    "2 workers ended without a chunk (stalled). It was given to the next one.",
    "It is being transcoded, by 3 workers (encode). 2 of its 6 chunks are encoded.",
  ]);
});

const command = (action: string, second: number, key: string | null): CommandRow => ({
  ...{ action, at: at(second), key_id: key, key_name: key && `name of ${key}` },
});
const commanded = (reader: Story["reader"]) =>
  aStory(
    { state: "cancelled", attempt: 2 },
    {
      transitions: [
        aTransition(0, null, "awaiting_upload", { attempt: 0 }),
        aTransition(1, "awaiting_upload", "pending"),
        aTransition(10, "pending", "cancelled"),
        aTransition(20, "cancelled", "pending", { attempt: 2 }),
        aTransition(40, "pending", "cancelled", { attempt: 2 }),
      ],
      attempts: [
        anAttempt({ outcome: "cancelled", ended_at: at(10) }),
        anAttempt({ attempt: 2, outcome: "cancelled", created_at: at(20), ended_at: at(40) }),
      ],
      commands: [
        command("createUpload", 0, "a"),
        command("cancelFile", 10, "b"),
        command("retryFile", 20, "a"),
        command("updateFile", 30, "b"),
      ],
      reader,
    },
  );

test("an admin is told whose key did what; what the audit log no longer has is told without", () => {
  expect(texts(commanded({ keyId: "c", session: null, scopes: ["admin"] }))).toEqual([
    'The file was announced by the key "name of a".',
    "Attempt 1 joined the queue.",
    'It was cancelled by the key "name of b".',
    'Attempt 2 was asked for by the key "name of a", and joined the queue.',
    'Its priority was changed by the key "name of b".',
    "It was cancelled.",
  ]);
});

test("another reader is told only the name of its own key", () => {
  const told = texts(commanded({ keyId: "a", session: null, scopes: ["read"] }));
  expect(told[0]).toBe('The file was announced by the key "name of a".');
  expect(told[2]).toBe("It was cancelled by another key.");
  expect(told.join()).not.toContain("name of b");
});

test("webhooks are told with the host of the URL only, and with the last answer", () => {
  const url = "https://hooks.example:8443/in?token=hush";
  const counts = { delivered: 2, failed: 1, pending: 0, last_at: at(5) };
  const receivers = [{ url, ...counts, last_http_status: 500, last_error: "It answered 500." }];
  expect(tellStory(aStory({}, { receivers })).entries[1]).toMatchObject({
    ...{ kind: "webhook", tone: "bad" },
    text: "Events for the webhook at hooks.example:8443: 2 delivered, 1 failed. The last answer was 500. It answered 500.",
  });
});

test("a file that fails before its first attempt is told with its cause", () => {
  const story = aStory(
    { state: "failed", failure_code: "upload_expired", failure_detail: "Nothing was uploaded." },
    {
      waiting: { ...aStory().waiting, uploaded: false },
      transitions: [
        aTransition(9, "awaiting_upload", "failed", { attempt: 0, code: "upload_expired" }),
      ],
    },
  );
  const { entries, next } = tellStory(story);
  expect(entries.at(-1)).toMatchObject({
    text: "It failed (upload_expired): Nothing was uploaded.",
    failure: { cause: "user", worker_log: null },
  });
  expect(next.text).toContain("create a new upload");
});

const waiting = aStory().waiting;
const progress = { phase: "verify" } as Story["file"]["progress"];
test.each([
  [{ state: "awaiting_upload" }, {}, "It waits for its upload, until 2026-01-31T13:00:00.000Z."],
  [{ state: "uploaded" }, {}, "Its upload is in S3. It waits for S3's event about it."],
  [{ state: "pending", queue_position: 2 }, {}, "It is at place 2 in the queue."],
  [
    { state: "pending", queue_position: 2 },
    { waiting: { ...waiting, launch_after: at(90) } },
    "It is at place 2 in the queue. After the failure it waits until 2026-01-31T12:01:30.000Z.",
  ],
  [{ state: "processing" }, {}, "Its Job is being created."],
  [{ state: "processing", workers: 0, waiting_for: "a node." }, {}, "Its Job waits: a node."],
  [{ state: "processing", workers: 1 }, {}, "A worker is starting."],
  [{ state: "processing", workers: 1, progress }, {}, "It is being transcoded (verify)."],
] as const)("%j %j: now %j", (file, more, sentence) => {
  const { entries, next } = tellStory(aStory({ ...file, attempt: 1 }, more));
  expect(entries.at(-1)).toMatchObject({ at: null, tone: "now", text: sentence });
  expect(next.text).toMatch(/^[A-Z].*\.$/);
});

test.each(failureCodes)(
  "after %s nothing comes by itself, and the operator gets advice",
  (code) => {
    const { entries, next } = tellStory(
      aStory({ state: "failed", attempt: 1, failure_code: code }),
    );
    expect(entries.every(({ kind }) => kind !== "now")).toBe(true);
    expect(next.text).toMatch(/^Nothing by itself: .* A retry starts another attempt\.$/);
    expect(next.operator).toMatch(/\.$/);
  },
);
