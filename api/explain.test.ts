import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseApiKey } from "@transpod/contract/api-keys.ts";
import type { Explanation } from "@transpod/contract/explain-api.ts";
import type { UploadResponse } from "@transpod/contract/public-api.ts";
import { failFile, retryFile, type Failure } from "@transpod/store/attempts.ts";
import { failChunkLease, leaseChunk } from "@transpod/store/chunk-leases.ts";
import { inTransaction } from "@transpod/store/database.ts";
import { recordArrival } from "@transpod/store/arrivals.ts";
import {
  claim,
  claimedFile,
  cutFile,
  objectOf,
  publish,
  reserve,
} from "@transpod/store/testing.ts";
import { addWorkers } from "@transpod/store/workers.ts";
import { insertTestKey } from "@transpod/test/api-key.ts";
import { startTestApi, type TestApi } from "@transpod/test/test-api.ts";

let api: TestApi;
let guarded: TestApi;
beforeAll(async () => {
  [api, guarded] = await Promise.all([startTestApi(), startTestApi({ AUTH: "on" })]);
});
afterAll(() => Promise.all([api.stop(), guarded.stop()]));

const explain = async (fileId: string) =>
  (await api.get<Explanation>(`/upload/${fileId}/explain`)).body;
const textsOf = ({ entries }: Explanation) => entries.map(({ text }) => text);

const lost: Failure = {
  ...{ code: "interrupted", detail: "Its node was drained.", counted: false },
  worker_log: "phase=encode",
};

test("a file is told from its rows: commands, arrivals, attempts, webhooks", async () => {
  const { pool } = api.database;
  await api.post("/webhooks", { url: "https://hooks.example/in?token=hush" });
  const { file_id, s3_key } = await api.announce({ size_bytes: 1000 });
  const from = { messageId: "m1", rawBucket: api.aws.rawBucket };
  for (const version_id of ["v1", "v2"]) {
    const object = objectOf({ s3_key }, { bucket: api.aws.rawBucket, version_id });
    await inTransaction(pool, (client) => recordArrival(client, object, from));
  }
  await api.post(`/upload/${file_id}/cancel`, {});
  await api.post(`/upload/${file_id}/retry`, {});
  await reserve(pool);
  const ref = await claim(pool, { fileId: file_id, attempt: 2 });
  await inTransaction(pool, (client) =>
    retryFile(client, ref, lost, { delaySeconds: 0, memoryScale: 1 }),
  );
  const waits = await explain(file_id);
  expect(waits.entries.at(-1)).toMatchObject({
    ...{ at: null, attempt: 3, kind: "now", text: "It is at place 1 in the queue." },
  });
  await reserve(pool);
  await publish(pool, { fileId: file_id, attempt: 3 }, `${file_id}/3-1.mov`);

  const story = await explain(file_id);
  const texts = textsOf(story);
  for (const sentence of [
    "The file was announced (1.0 kB).",
    "Another upload (1.0 kB) arrived. It was ignored: the file uses the first one that it accepted.",
    "It was cancelled.",
    "Attempt 2 was asked for, and joined the queue.",
    "Attempt 2 failed (interrupted): Its node was drained. The cause is an eviction: the platform removed the worker. It does not count against the limit of attempts.",
    "Attempt 3 joined the queue by itself.",
    "The result was verified and published. It has 500 B, 50 % smaller. The time went into encode 1 s.",
    expect.stringMatching(/^Events for the webhook at hooks\.example: \d not delivered yet\.$/),
  ]) {
    expect(texts).toContainEqual(sentence);
  }
  const times = story.entries.map(({ at }) => Date.parse(at!));
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  expect(story.entries.find(({ kind }) => kind === "failure")?.failure).toMatchObject({
    ...{ code: "interrupted", cause: "eviction", worker_log: "phase=encode" },
  });
  expect(JSON.stringify(story)).not.toContain("hush");
});

test("what several workers did is told", async () => {
  const { pool } = api.database;
  const ref = await cutFile(pool);
  await addWorkers(pool, ref, 2);
  const lease = await leaseChunk(pool, ref, 0, "worker");
  const own = { ...ref, chunk: 0, lease: lease! };
  await failChunkLease(pool, own, { code: "stalled", counted: true });
  const texts = textsOf(await explain(ref.fileId));
  expect(texts).toContain(
    "A worker ended without a chunk (stalled). It was given to the next one.",
  );
  expect(texts).toContain("It was given free slots: its Job has started 3 workers in all.");
});

test("a file that failed says what an operator can do", async () => {
  const { pool } = api.database;
  const ref = await claimedFile(pool);
  const failure = { code: "damaged", detail: "It is damaged.", counted: true } as const;
  await inTransaction(pool, (client) => failFile(client, ref, failure));
  const { next } = await explain(ref.fileId);
  expect(next).toMatchObject({
    text: expect.stringContaining("would end in the same way"),
    operator: expect.stringContaining('"on_damage": "finish"'),
  });
});

test("names of other keys and webhooks are only told to an admin", async () => {
  const { pool } = guarded.database;
  const [owner, admin] = [
    await insertTestKey(pool, "read", "write"),
    await insertTestKey(pool, "admin"),
  ];
  const rename = (key: string, name: string) =>
    pool.query("update api_keys set name = $2 where key_id = $1", [parseApiKey(key)!.keyId, name]);
  await rename(owner, "camera");
  await rename(admin, "operator");
  const as = <T>(key: string, method: string, path: string, body?: object) =>
    guarded.request<T>(path, {
      method,
      headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  await as(admin, "POST", "/webhooks", { url: "https://hooks.example/in" });
  const made = await as<UploadResponse>(owner, "POST", "/upload", { file_name: "a.mov" });
  const path = `/upload/${made.body.file_id}`;
  await as(admin, "POST", `${path}/cancel`);
  // The cancellation and its event have one time.
  const read = async (key: string) =>
    textsOf((await as<Explanation>(key, "GET", `${path}/explain`)).body).toSorted();
  expect(await read(owner)).toEqual([
    "It was cancelled by another key.",
    'The file was announced by the key "camera".',
  ]);
  expect(await read(admin)).toEqual([
    "Events for the webhook at hooks.example: 1 not delivered yet.",
    'It was cancelled by the key "operator".',
    'The file was announced by the key "camera".',
  ]);
});

test("a file that does not exist, or was deleted, has no story", async () => {
  const { file_id } = await api.announce();
  await api.request(`/upload/${file_id}`, { method: "DELETE" });
  expect(await api.get(`/upload/${file_id}/explain`)).toMatchObject({
    ...{ status: 404, body: { code: "file_deleted" } },
  });
  expect(await api.get(`/upload/${randomUUID()}/explain`)).toMatchObject({ status: 404 });
});
