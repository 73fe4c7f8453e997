import { afterAll, beforeAll, expect, test } from "vitest";
import type { ListResponse } from "@transpod/contract/public-api.ts";
import { arrive, objectOf } from "@transpod/store/testing.ts";
import { startTestApi, type TestApi } from "@transpod/test/test-api.ts";
import { decodeCursor, encodeCursor } from "./list-cursor.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

async function list(query: Record<string, string>): Promise<ListResponse> {
  const { status, body } = await api.get<ListResponse>(
    `/upload?${new URLSearchParams(query).toString()}`,
  );
  expect(status).toBe(200);
  return body;
}

const idsOf = (page: ListResponse) => page.files.map((file) => file.file_id);

test("pages run from the newest to the oldest, and files that come meanwhile move nothing", async () => {
  const oldToNew: string[] = [];
  for (let n = 0; n < 7; n += 1) oldToNew.push((await api.announce()).file_id);
  // Within one microsecond: then the id decides.
  await api.database.pool.query(
    "update files set created_at = '2026-01-31T12:00:00.123456Z' where file_id = any($1)",
    [oldToNew.slice(0, 3)],
  );
  const expected = [
    ...oldToNew.slice(3).toReversed(),
    ...oldToNew.slice(0, 3).toSorted().toReversed(),
  ];

  const seen: string[] = [];
  let page = await list({ limit: "2" });
  for (;;) {
    seen.push(...idsOf(page));
    await api.announce();
    if (page.next_cursor === null) break;
    page = await list({ limit: "2", cursor: page.next_cursor });
  }
  expect(seen).toEqual(expected);
});

test("the list can be narrowed to one status", async () => {
  const file = await api.announce();
  await arrive(api.database.pool, objectOf(file));
  const page = await list({ status: "pending" });
  expect(page).toMatchObject({
    files: [{ file_id: file.file_id, processing_status: "pending", queue_position: 1, attempt: 1 }],
    next_cursor: null,
  });
  expect(await list({ status: "failed" })).toEqual({ files: [], next_cursor: null });
});

test.for([
  "limit=0",
  "limit=101",
  "limit=two",
  "limit=",
  "limit=1&limit=2",
  "status=done",
  "order=asc",
])("the query %s is refused", async (query) => {
  const { status, body } = await api.get(`/upload?${query}`);
  expect(status).toBe(422);
  expect(body).toMatchObject({ code: "invalid_request" });
});

const id = "0b0f2c0e-6f0b-4e5e-9a53-0a3f6f4f8a11";
const hexId = id.replaceAll("-", "");

test.for([
  "",
  "nonsense",
  hexId,
  `649aeb80c24e${hexId}`,
  `0649aeb80c24e${id}`,
  `0649aeb80c24g${hexId}`,
  `0649AEB80C24E${hexId}`,
])("the cursor %j is refused", async (cursor) => {
  const { status, body } = await api.get(`/upload?cursor=${cursor}`);
  expect(status).toBe(422);
  expect(body).toMatchObject({ code: "invalid_cursor" });
});

test.for([0, 1_769_860_800_123_456, 0xfffffffffffff])(
  "a cursor keeps %i microseconds, and the list goes on from there",
  async (created_us) => {
    const cursor = encodeCursor({ created_us, file_id: id });
    expect(decodeCursor(cursor)).toEqual({ created_us, file_id: hexId });
    await list({ cursor });
  },
);
