import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { parseApiKey } from "@transpod/contract/api-keys.ts";
import { cancelFile } from "@transpod/store/cancel.ts";
import { pendingFile } from "@transpod/store/testing.ts";
import { deleteFile } from "@transpod/store/tombstones.ts";
import { insertTestKey } from "@transpod/test/api-key.ts";
import { startTestApi, type TestApi } from "@transpod/test/test-api.ts";
import { startCommand, transpod } from "../testing.ts";

let api: TestApi;
let env: NodeJS.ProcessEnv;
let api_key_id: string;
beforeAll(async () => {
  api = await startTestApi({ AUTH: "on" });
  const key = await insertTestKey(api.database.pool, "read", "write");
  api_key_id = parseApiKey(key)!.keyId;
  env = { TRANSPOD_URL: api.url, TRANSPOD_API_KEY: key };
});
afterAll(() => api.stop());

const unknownId = "0b0f2c0e-6f0b-4e5e-9a53-0a3f6f4f8a11";

const pending = async (file_name: string) =>
  (await pendingFile(api.database.pool, { file_name, api_key_id })).fileId;

test("without a key a server that needs one is not used, and the message says what to do", async () => {
  const without = await transpod(["ls"], { TRANSPOD_URL: api.url });
  expect(without).toMatchObject({ exitCode: 1, stdout: "" });
  expect(without.stderr).toContain("TRANSPOD_API_KEY");
  expect(await transpod(["watch"], env)).toMatchObject({
    ...{ exitCode: 0, stderr: "No file is under way.\n" },
  });
});

test("without a file all that are under way are watched, through one stream, until none is left", async () => {
  const { pool } = api.database;
  const [first, second] = [await pending("first.mp4"), await pending("second.mp4")];
  const watching = startCommand(["watch"], env);
  await watching.says("first.mp4: pending, position 1 in the queue");
  await watching.says("second.mp4: pending, position 2 in the queue");
  const later = await pending("later.mp4");
  await watching.says("later.mp4: pending");
  const streams = async () => /^transpod_event_streams (\d+)/m.exec(await metrics())?.[1];
  await vi.waitUntil(async () => (await streams()) === "1", 10_000);
  await cancelFile(pool, first);
  await watching.says("first.mp4: failed: The file was cancelled.");
  await cancelFile(pool, second);
  await cancelFile(pool, later);
  const { exitCode, stderr } = await watching.ended;
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/3 of 3 are not completed\.\n$/);
});

const metrics = async () => await (await fetch(`${api.url}/metrics`)).text();

test("a file that is deleted is watched no more", async () => {
  const fileId = await pending("waste.mp4");
  const watching = startCommand(["watch"], env);
  await watching.says("waste.mp4: pending");
  await deleteFile(api.database.pool, fileId);
  const { exitCode, stderr } = await watching.ended;
  expect(exitCode).toBe(1);
  expect(stderr).toContain("waste.mp4: failed: The file was deleted.");
});

test("a file that is named is watched to its end", async () => {
  const fileId = await pending("named.mp4");
  const watching = startCommand(["watch", "named.mp4"], env);
  await watching.says("named.mp4: pending");
  await cancelFile(api.database.pool, fileId);
  expect(await watching.ended).toMatchObject({
    ...{ exitCode: 1, stderr: expect.stringMatching(/1 of 1 are not completed\.\n$/) as string },
  });
});

test("retry starts another attempt, with other settings or the same, and says what can't be retried", async () => {
  const fileId = await pending("again.mp4");
  const again = (...args: string[]) => transpod(["retry", fileId.slice(0, 13), ...args], env);
  const refused = await transpod(["retry", unknownId], env);
  expect(refused).toMatchObject({ exitCode: 1, stdout: "" });
  expect(refused.stderr).toContain("1 of 1 could not be changed.");
  for (const [attempt, ...args] of [["2", "--quality", "smaller"], ["3"]] as const) {
    await cancelFile(api.database.pool, fileId);
    expect(await again(...args)).toMatchObject({
      ...{ exitCode: 0, stdout: `again.mp4 is in the queue for attempt ${attempt}.\n` },
    });
    const { stdout } = await transpod(["status", fileId, "--json"], env);
    expect(JSON.parse(stdout)).toMatchObject({ files: [{ settings: { quality: "smaller" } }] });
  }
  await cancelFile(api.database.pool, fileId);
});
