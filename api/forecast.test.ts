import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { fileEvent } from "@transpod/contract/events-api.ts";
import type { Explanation } from "@transpod/contract/explain-api.ts";
import type { ListResponse } from "@transpod/contract/list-api.ts";
import type { FileStatus, TimeRange } from "@transpod/contract/public-api.ts";
import { pendingFile, publish, reserve } from "@transpod/store/testing.ts";
import { startTestApi, type TestApi } from "@transpod/test/test-api.ts";
import { minPastWork } from "./forecast/paces.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

/** All of it lies so many seconds from now. */
function expectAbout(range: TimeRange | null, seconds: number): void {
  for (const time of [range!.earliest, range!.latest]) {
    expect(Math.abs((Date.parse(time) - Date.now()) / 1000 - seconds)).toBeLessThan(20);
  }
}

/** The status of a file, once a forecast knows of it. */
async function forecastOf(fileId: string): Promise<FileStatus> {
  const isKnown = async () => (await api.status(fileId)).expected_start !== null;
  await vi.waitUntil(isKnown, { timeout: 10_000 });
  return await api.status(fileId);
}

test("once enough files have ended, those that wait say in every view when they start and end", async () => {
  const { pool } = api.database;
  const early = await pendingFile(pool);
  expect(await api.status(early.fileId)).toMatchObject({
    expected_start: null,
    expected_end: null,
  });
  const done = [early];
  while (done.length < minPastWork) done.push(await pendingFile(pool));
  await reserve(pool);
  await pool.query("update transactions set reserved_at = now() - interval '100 s'");
  await Promise.all(done.map((ref) => publish(pool, ref, `${ref.fileId}.mp4`)));
  // It has the only slot.
  await pendingFile(pool);
  await reserve(pool, 1);
  const [next, last] = [await pendingFile(pool), await pendingFile(pool)];

  const shown = await forecastOf(next.fileId);
  expectAbout(shown.expected_start, 100);
  expectAbout(shown.expected_end, 200);
  expectAbout((await forecastOf(last.fileId)).expected_start, 200);

  const { body: list } = await api.get<ListResponse>("/upload?limit=2");
  const stream = await fetch(`${api.url}/upload/${next.fileId}/events`);
  const { value } = await stream.body!.pipeThrough(new TextDecoderStream()).getReader().read();
  const event = fileEvent.parse(JSON.parse(/^data: (.*)$/m.exec(value!)![1]!));
  for (const status of [list.files[1]!, event]) {
    expect(status.file_id).toBe(next.fileId);
    expectAbout(status.expected_start, 100);
    expectAbout(status.expected_end, 200);
  }
  const { body: story } = await api.get<Explanation>(`/upload/${next.fileId}/explain`);
  expect(story.next.text).toMatch(/It is expected to start between .*Z, and to end between .*Z\.$/);
  expect(await api.status(early.fileId)).toMatchObject({ expected_start: null });
});

test("a status is shown without times when the queue can't be read", async () => {
  const { pool } = api.database;
  await pool.query("alter table slots rename to slots_away");
  const { fileId } = await pendingFile(pool);
  const isLogged = async () => {
    expect(await api.status(fileId)).toMatchObject({ expected_start: null, expected_end: null });
    return api.logged().some(({ event }) => event === "forecast_failed");
  };
  await vi.waitUntil(isLogged, { timeout: 10_000 });
  await pool.query("alter table slots_away rename to slots");
  await forecastOf(fileId);
});
