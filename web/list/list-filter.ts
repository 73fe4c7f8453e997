import { isIdBeginning } from "@transpod/contract/id-beginning.ts";
import type { FileSort, SortOrder } from "@transpod/contract/list-api.ts";
import type { FileStatus } from "@transpod/contract/public-api.ts";
import type { FileState } from "@transpod/contract/states.ts";

/** What the list shows, and in which order. */
export interface ListFilter {
  search: string;
  states: readonly FileState[];
  sort: FileSort;
  order: SortOrder;
}

/** The filter in the query of the page's address, which is that of the API. */
export function readFilter(query: URLSearchParams): ListFilter {
  return {
    search: query.get("search") ?? "",
    states: query.getAll("status") as FileState[],
    sort: (query.get("sort") ?? "created_at") as FileSort,
    order: query.get("order") === "asc" ? "asc" : "desc",
  };
}

/** Without what is the default. */
export function writeFilter({ search, states, sort, order }: ListFilter): URLSearchParams {
  const query = new URLSearchParams();
  if (search !== "") query.set("search", search);
  for (const state of states) query.append("status", state);
  if (sort !== "created_at") query.set("sort", sort);
  if (order !== "desc") query.set("order", order);
  return query;
}

export function matches(file: FileStatus, { search, states }: ListFilter): boolean {
  const text = search.toLowerCase();
  const found =
    file.file_name.toLowerCase().includes(text) ||
    (isIdBeginning(search) && file.file_id.startsWith(text));
  return found && (states.length === 0 || states.includes(file.processing_status));
}

/** Negative when `a` is above `b`. The id decides between equals, as on the server. */
export function compareFiles(a: FileStatus, b: FileStatus, filter: ListFilter): number {
  const direction = filter.order === "asc" ? 1 : -1;
  const [left, right] = [keyOf(a, filter.sort), keyOf(b, filter.sort)];
  if (left !== right) return left < right ? -direction : direction;
  return a.file_id < b.file_id ? -direction : direction;
}

function keyOf(file: FileStatus, sort: FileSort): string | number {
  if (sort === "size_bytes") return file.size_bytes ?? 0;
  return sort === "file_name" ? file.file_name.toLowerCase() : Date.parse(file[sort]);
}

/**
 * The rows after some files have changed: each stays at its place, or goes when it no longer matches. A file that
 * is new is placed by the order; below the last row only when the list is `whole`.
 */
export function applyChanges(
  rows: readonly FileStatus[],
  changes: ReadonlyMap<string, FileStatus>,
  { filter, whole }: { filter: ListFilter; whole: boolean },
): FileStatus[] {
  const left = new Map(changes);
  const next = rows.flatMap((row) => {
    const changed = left.get(row.file_id);
    if (changed === undefined) return row;
    left.delete(row.file_id);
    return matches(changed, filter) ? changed : [];
  });
  for (const file of left.values()) {
    if (!matches(file, filter)) continue;
    const place = next.findIndex((row) => compareFiles(file, row, filter) < 0);
    if (place !== -1) next.splice(place, 0, file);
    else if (whole) next.push(file);
  }
  return next;
}
