import type { FileStatus } from "@transpod/contract/public-api.ts";

export const isWaiting = ({ processing_status }: FileStatus): boolean =>
  processing_status === "pending";

/**
 * The rows with the places in the queue that these files have now, and what is expected of them. Nothing else of a file
 * is taken: an event may have said something newer meanwhile. Pure.
 */
export function withPlaces(
  rows: readonly FileStatus[],
  files: readonly FileStatus[],
): readonly FileStatus[] {
  const places = new Map(
    files.map(({ file_id, queue_position, expected_start, expected_end }) => [
      file_id,
      { queue_position, expected_start, expected_end },
    ]),
  );
  return rows.map((row) => {
    const place = places.get(row.file_id);
    return place === undefined || !isWaiting(row) ? row : { ...row, ...place };
  });
}
