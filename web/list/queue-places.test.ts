import { expect, test } from "vitest";
import type { FileStatus } from "@transpod/contract/public-api.ts";
import { withPlaces } from "./queue-places.ts";

const fileOf = (id: string, place: number | null, state: FileStatus["processing_status"]) =>
  ({ file_id: id, queue_position: place, processing_status: state }) as FileStatus;

test.for([
  ["a waiting file gets its new place", fileOf("a", 3, "pending"), 2],
  [
    "a file that has left the queue meanwhile keeps its state",
    fileOf("a", null, "processing"),
    null,
  ],
  ["a file that was not asked about keeps its place", fileOf("b", 3, "pending"), 3],
] as const)("%s", ([, row, place]) => {
  const [after] = withPlaces([row], [fileOf("a", 2, "pending")]);
  expect(after).toEqual({ ...row, queue_position: place });
});
