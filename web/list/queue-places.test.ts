import { expect, test } from "vitest";
import type { FileStatus } from "@transpod/contract/public-api.ts";
import { withPlaces } from "./queue-places.ts";

const start = { earliest: "2026-01-31T12:00:00.000Z", latest: "2026-01-31T12:01:00.000Z" };
const fileOf = (
  id: string,
  place: number | null,
  state: FileStatus["processing_status"],
  expected_start: FileStatus["expected_start"] = null,
) =>
  ({ file_id: id, queue_position: place, processing_status: state, expected_start }) as FileStatus;

test("a waiting file gets its new place, and what is expected of it", () => {
  const now = fileOf("a", 2, "pending", start);
  expect(withPlaces([fileOf("a", 3, "pending")], [now])).toEqual([now]);
});

test.for([
  ["a file that has left the queue meanwhile keeps its state", fileOf("a", null, "processing")],
  ["a file that was not asked about keeps its place", fileOf("b", 3, "pending")],
] as const)("%s", ([, row]) => {
  expect(withPlaces([row], [fileOf("a", 2, "pending", start)])).toEqual([row]);
});
