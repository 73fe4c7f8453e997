import { afterAll, beforeAll, expect, test } from "vitest";
import { fileSorts, type ListResponse } from "@transpod/contract/list-api.ts";
import { arrive, objectOf } from "@transpod/store/testing.ts";
import { startTestApi, type TestApi } from "@transpod/test/test-api.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

async function list(query: Record<string, string> | [string, string][]): Promise<ListResponse> {
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

test("the search finds an id by its beginning", async () => {
  const { file_id } = await api.announce();
  const other = await api.announce();
  for (const search of [file_id, file_id.slice(0, 12), file_id.slice(0, 12).toUpperCase()]) {
    const found = idsOf(await list({ search }));
    expect(found).toContain(file_id);
    expect(found).not.toContain(other.file_id);
  }
  expect(idsOf(await list({ search: file_id.slice(1, 12) }))).toEqual([]);
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
  "order=up",
  "sort=priority",
  "search=",
  "search=a%00b",
  `search=${"a".repeat(101)}`,
])("the query %s is refused", async (query) => {
  const { status, body } = await api.get(`/upload?${query}`);
  expect(status).toBe(422);
  expect(body).toMatchObject({ code: "invalid_request" });
});

const id = "0b0f2c0e-6f0b-4e5e-9a53-0a3f6f4f8a11";
const hexId = id.replaceAll("-", "");

test.for(["", "nonsense", id, `${hexId}0`, `${hexId}0g`, hexId.toUpperCase()])(
  "the cursor %j is refused",
  async (cursor) => {
    const { status, body } = await api.get(`/upload?cursor=${cursor}`);
    expect(status).toBe(422);
    expect(body).toMatchObject({ code: "invalid_cursor" });
  },
);

test.for(fileSorts)(
  "sorted by %s, whatever has the form of a cursor is a position",
  async (sort) => {
    const texts = ["", "0", "9".repeat(40), "-1", "holiday.mov", "\0", "\u00ff", "1e5"];
    for (const text of texts)
      await list({ sort, cursor: hexId + Buffer.from(text).toString("hex") });
    await list({ sort, cursor: `${hexId}ff` });
  },
);

const files = [
  ["Beach.mp4", 300],
  ["beach (2).mov", 100],
  ["100%_done.mov", 200],
  ["zoë.mp4", undefined],
] as const;

async function pagesOf(query: Record<string, string>): Promise<string[]> {
  const names: string[] = [];
  for (let cursor: string | null = ""; cursor !== null;) {
    const page = await list({ ...query, limit: "1", ...(cursor === "" ? {} : { cursor }) });
    names.push(...page.files.map((file) => file.file_name));
    cursor = page.next_cursor;
  }
  return names;
}

test("the list can be sorted by name, size and last change, page by page, up and down", async () => {
  await api.database.pool.query("delete from files");
  for (const [file_name, size_bytes] of files) await api.announce({ file_name, size_bytes });
  await api.database.pool.query("update files set updated_at = now() where file_name = $1", [
    "Beach.mp4",
  ]);
  const [beach, beach2, done, zoe] = files.map(([name]) => name);
  const expected = {
    file_name: [done, beach2, beach, zoe],
    size_bytes: [zoe, beach2, done, beach],
    created_at: [beach, beach2, done, zoe],
    updated_at: [beach2, done, zoe, beach],
  };
  for (const sort of fileSorts) {
    const ascending = await pagesOf({ sort, order: "asc" });
    expect(ascending).toEqual(expected[sort]);
    expect(await pagesOf({ sort, order: "desc" })).toEqual(ascending.toReversed());
  }
});

test("a search finds a part of the name in upper or lower case, and nothing else", async () => {
  const found = async (search: string) =>
    (await list({ search, sort: "file_name", order: "asc" })).files.map((file) => file.file_name);
  expect(await found("BEACH")).toEqual(["beach (2).mov", "Beach.mp4"]);
  expect(await found("%_")).toEqual(["100%_done.mov"]);
  expect(await found("\\")).toEqual([]);
  expect(await found("ZOË")).toEqual(["zoë.mp4"]);
});

test("several statuses are any of them", async () => {
  const file = await api.announce();
  await arrive(api.database.pool, objectOf(file));
  const page = await list([
    ["status", "pending"],
    ["status", "awaiting_upload"],
  ]);
  expect(page.files).toHaveLength(files.length + 1);
});
