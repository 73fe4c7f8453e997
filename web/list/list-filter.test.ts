import { expect, test } from "vitest";
import type { FileStatus } from "@transpod/contract/public-api.ts";
import { applyChanges, matches, readFilter, writeFilter } from "./list-filter.ts";

const fileOf = (id: number, changes: Partial<FileStatus> = {}) =>
  ({
    file_id: String(id),
    file_name: `film-${id}.mp4`,
    processing_status: "pending",
    created_at: new Date(id * 1000).toISOString(),
    ...changes,
  }) as FileStatus;

const rows = [fileOf(5), fileOf(3), fileOf(1)];

const idsAfter = (changed: FileStatus, query = "", whole = false) =>
  applyChanges(rows, new Map([[changed.file_id, changed]]), {
    filter: readFilter(new URLSearchParams(query)),
    whole,
  }).map(({ file_id }) => Number(file_id));

test.for([
  [6, [6, 5, 3, 1]],
  [4, [5, 4, 3, 1]],
] as const)("a new file %i takes the place that the order says", ([id, ids]) => {
  expect(idsAfter(fileOf(id))).toEqual(ids);
});

test("names are ordered as the server does, in lower case", () => {
  const query = "sort=file_name&order=asc";
  expect(idsAfter(fileOf(4, { file_name: "FILM-4.mp4" }), query, true)).toEqual([4, 5, 3, 1]);
  expect(idsAfter(fileOf(9, { file_name: "film-9.mp4" }), query, true)).toEqual([5, 3, 1, 9]);
  expect(idsAfter(fileOf(9, { file_name: "FILM-9.mp4" }), query, true)).toEqual([5, 3, 1, 9]);
});

test("below the last row a file is new only when the list is whole", () => {
  expect(idsAfter(fileOf(0))).toEqual([5, 3, 1]);
  expect(idsAfter(fileOf(0), "", true)).toEqual([5, 3, 1, 0]);
});

test("a changed file stays in its place, and goes when it no longer matches", () => {
  const completed = fileOf(3, { processing_status: "completed" });
  expect(idsAfter(completed)).toEqual([5, 3, 1]);
  expect(idsAfter(completed, "status=pending")).toEqual([5, 1]);
});

test("a file of another name is not added to a search", () => {
  expect(idsAfter(fileOf(6), "search=FILM-6")).toEqual([6, 5, 3, 1]);
  expect(idsAfter(fileOf(6), "search=holiday")).toEqual([5, 3, 1]);
});

test("a file is found by the beginning of its id", () => {
  const file = fileOf(6, { file_id: "0b0f2c0e-6f0b-4e5e-9a53-0a3f6f4f8a11" });
  const isFound = (search: string) => matches(file, readFilter(new URLSearchParams({ search })));
  expect(["0b0f", "0B0F2c0e-6", "0b0", "b0f2"].map(isFound)).toEqual([true, true, false, false]);
});

test("the address says only what differs from the default", () => {
  const query = "search=a&status=failed&status=cancelled&sort=file_name&order=asc";
  expect(writeFilter(readFilter(new URLSearchParams(query))).toString()).toBe(query);
  expect(writeFilter(readFilter(new URLSearchParams())).toString()).toBe("");
});
