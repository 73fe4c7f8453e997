import { idsThatBegin, isIdBeginning } from "@transpod/contract/id-beginning.ts";
import type { FileSort, SortOrder } from "@transpod/contract/list-api.ts";
import type { FileState } from "@transpod/contract/states.ts";
import type { Database } from "./database.ts";
import { numberedQueue, statusColumns, type FileStatusRow } from "./files.ts";

/** Where a page of the list ends: the next one begins after this file. */
export interface ListPosition {
  /** What the list is sorted by, as text: a name in lower case, bytes, or microseconds since 1970. */
  position: string;
  file_id: string;
}

export interface ListOptions {
  /** Any of these; undefined for all. */
  states: readonly FileState[] | undefined;
  /** A part of the name, in upper or lower case, or the beginning of the id. */
  search: string | undefined;
  sort: FileSort;
  order: SortOrder;
  /** Only files that this key created; null for all. */
  createdBy: string | null;
  after: ListPosition | undefined;
  limit: number;
}

const time = (column: string) => ({
  column,
  // A JavaScript Date can't hold microseconds.
  position: `(extract(epoch from ${column}) * 1000000)::bigint`,
  after: `timestamptz 'epoch' + $2::bigint * interval '1 microsecond'`,
});

/** What the list is sorted by: an expression that has an index, and how a cursor holds it. */
const sorts = {
  created_at: time("f.created_at"),
  updated_at: time("f.updated_at"),
  file_name: { column: "lower(f.file_name)", position: "lower(f.file_name)", after: "$2::text" },
  size_bytes: {
    column: "coalesce(f.source_size_bytes, f.declared_size_bytes, 0)",
    position: "coalesce(f.source_size_bytes, f.declared_size_bytes, 0)",
    after: "$2::bigint",
  },
} as const satisfies Record<FileSort, { column: string; position: string; after: string }>;

/** Asks for one row more than `limit`, so that the caller sees whether there is a next page. */
export async function listFileStatus(
  db: Database,
  { states, search, sort, order, createdBy, after, limit }: ListOptions,
): Promise<(FileStatusRow & ListPosition)[]> {
  const by = sorts[sort];
  const ids = search !== undefined && isIdBeginning(search) ? idsThatBegin(search) : undefined;
  const isNeeded = "exists (select from page where page.state = 'pending')";
  const { rows } = await db.query<FileStatusRow & ListPosition>(
    `with page as materialized (
       select f.file_id, f.state, ${by.column} as sorted_by, (${by.position})::text as position
       from files f
       where ($1::text[] is null or f.state = any($1))
         and ($2::text is null or
           (${by.column}, f.file_id) ${order === "desc" ? "<" : ">"} (${by.after}, $3::uuid))
         and ($5::text is null or f.api_key_id = $5)
         and ($6::text is null or f.file_name ilike $6 or f.file_id between $7::uuid and $8::uuid)
       order by ${by.column} ${order}, f.file_id ${order}
       limit $4
     )
     select ${statusColumns}, q.queue_position, page.position
     from page join file_status s on s.file_id = page.file_id
       left join ${numberedQueue(isNeeded)} q on q.file_id = page.file_id
     order by page.sorted_by ${order}, page.file_id ${order}`,
    [
      states ?? null,
      after?.position ?? null,
      after?.file_id ?? null,
      limit + 1,
      createdBy,
      search === undefined ? null : `%${search.replaceAll(/[\\%_]/g, "\\$&")}%`,
      ids?.first ?? null,
      ids?.last ?? null,
    ],
  );
  return rows;
}
