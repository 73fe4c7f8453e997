import type pg from "pg";
import { isTerminal, type FileState } from "@transpod/contract/states.ts";

/** The results of the submitted files, from the database. */
export interface Tally {
  completed: number;
  failedByReason: Record<string, number>;
  /** Submitted, but neither completed nor failed. */
  open: number;
}

export async function tally(pool: pg.Pool, fileIds: readonly string[]): Promise<Tally> {
  const { rows } = await pool.query<{ state: FileState; failure_code: string; count: number }>(
    `select state, failure_code, count(*) from files where file_id = any($1::uuid[])
     group by state, failure_code`,
    [fileIds],
  );
  const of = (state: FileState) => rows.filter((row) => row.state === state);
  const ended = rows.filter(({ state }) => isTerminal(state));
  return {
    completed: sum(of("completed")),
    failedByReason: Object.fromEntries(of("failed").map((row) => [row.failure_code, row.count])),
    open: fileIds.length - sum(ended),
  };
}

export async function publishedTwice(pool: pg.Pool): Promise<number> {
  const { rowCount } = await pool.query(
    `select from history where to_state = 'completed' group by file_id having count(*) > 1`,
  );
  return rowCount ?? 0;
}

/** In seconds, from the first arrival to the last completion. */
export async function longestGap(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ seconds: number }>(
    `select coalesce(extract(epoch from max(gap)), 0)::float8 as seconds from (
       select at - lag(at) over (order by at) as gap from (
         select min(received_at) as at from inbox
         union all select ended_at from transactions where outcome = 'completed'
       ) moments
     ) gaps`,
  );
  return rows[0]?.seconds ?? 0;
}

export async function attempts(pool: pg.Pool): Promise<Record<string, number>> {
  const { rows } = await pool.query<{ how: string; count: number }>(
    `select coalesce(failure_code, outcome, 'open') as how, count(*) from transactions
     group by how order by how`,
  );
  return Object.fromEntries(rows.map(({ how, count }) => [how, count]));
}

function sum(rows: readonly { count: number }[]): number {
  return rows.reduce((total, { count }) => total + count, 0);
}
