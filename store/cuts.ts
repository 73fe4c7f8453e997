import type { AttemptRef, LeaseRef } from "@transpod/contract/job-identity.ts";
import type { CutRequest } from "@transpod/contract/chunk-protocol.ts";
import { inTransaction, type Database } from "./database.ts";

/**
 * Stores the cut of a file, as the worker with the attempt's lease made it. Chunks that are encoded stay so
 * when the cut is the same as the stored one; otherwise all chunks are replaced. The cut takes the
 * attempt's next lease, which nobody has: from then on claims give out chunks. Also true when this lease has
 * stored this cut already. False when it is fenced.
 */
export async function storeCut(db: Database, ref: LeaseRef, cut: CutRequest): Promise<boolean> {
  return await inTransaction(db, async (client) => {
    if (!(await beginCut(client, ref, cut))) {
      return (await getOwnCut(client, ref)) === cut.fingerprint;
    }
    if (!(await keepChunks(client, ref, cut))) await replaceChunks(client, ref, cut);
    return true;
  });
}

async function beginCut(db: Database, ref: LeaseRef, cut: CutRequest): Promise<boolean> {
  const { rowCount } = await db.query(
    `update transactions t
     set lease = t.lease + 1, chunks = $4, original_codec = $5, target_codec = $6, heartbeat_at = now()
     from files f
     where t.file_id = $1 and t.attempt = $2 and t.lease = $3 and t.outcome is null
       and t.chunks is null
       and f.file_id = t.file_id and f.attempt = t.attempt and f.state = 'processing'`,
    [
      ref.fileId,
      ref.attempt,
      ref.lease,
      cut.chunk_frames.length,
      cut.original_codec,
      cut.target_codec,
    ],
  );
  return rowCount === 1;
}

/** The fingerprint of the cut that this lease made in the current attempt; undefined when it made none. */
export async function getOwnCut(db: Database, ref: LeaseRef): Promise<string | undefined> {
  const { rows } = await db.query<{ fingerprint: string }>(
    `select c.fingerprint from cuts c
     join files f on f.file_id = c.file_id and f.attempt = c.attempt and f.state = 'processing'
     where c.file_id = $1 and c.attempt = $2 and c.lease = $3`,
    [ref.fileId, ref.attempt, ref.lease],
  );
  return rows[0]?.fingerprint;
}

/** False when the stored cut is another one, or there is none. */
async function keepChunks(db: Database, ref: LeaseRef, cut: CutRequest): Promise<boolean> {
  const { rowCount } = await db.query(
    `update cuts c set attempt = $2, lease = $3, removed_at = null
     where c.file_id = $1 and c.fingerprint = $4
       and (select array_agg(frames order by chunk) from chunks where file_id = $1) = $5::integer[]`,
    [ref.fileId, ref.attempt, ref.lease, cut.fingerprint, cut.chunk_frames],
  );
  return rowCount === 1;
}

async function replaceChunks(db: Database, ref: LeaseRef, cut: CutRequest): Promise<void> {
  await db.query(`delete from cuts where file_id = $1`, [ref.fileId]);
  await db.query(
    `insert into cuts (file_id, fingerprint, attempt, lease) values ($1, $2, $3, $4)`,
    [ref.fileId, cut.fingerprint, ref.attempt, ref.lease],
  );
  await db.query(
    `insert into chunks (file_id, chunk, first_frame, frames)
     select $1, number - 1, sum(frames) over (order by number) - frames, frames
     from unnest($2::integer[]) with ordinality as cut (frames, number)`,
    [ref.fileId, cut.chunk_frames],
  );
}

/**
 * Files that have ended and whose chunks must be removed: for the first time, or again `againSeconds` after
 * that, because a worker that was stopped may have uploaded one in the meantime.
 */
export async function cutsToRemove(
  db: Database,
  againSeconds: number,
  limit: number,
): Promise<AttemptRef[]> {
  const { rows } = await db.query<AttemptRef>(
    `select c.file_id as "fileId", c.attempt
     from cuts c join files f on f.file_id = c.file_id
     where f.state in ('completed', 'failed', 'cancelled')
       and (c.removed_at is null or c.removed_at < now() - make_interval(secs => $1))
     order by c.removed_at nulls first limit $2`,
    [againSeconds, limit],
  );
  return rows;
}

/**
 * Forgets that chunks are encoded, before their objects are removed: a new attempt must not continue with
 * them. The cut stays until `markChunksRemoved`. False when the file has not ended, or was cut again.
 */
export async function forgetChunks(db: Database, ref: AttemptRef): Promise<boolean> {
  return await inTransaction(db, async (client) => {
    // The lock makes a retry of the file wait.
    const { rowCount } = await client.query(
      `select from files f join cuts c on c.file_id = f.file_id and c.attempt = $2
       where f.file_id = $1 and f.state in ('completed', 'failed', 'cancelled') for update of f`,
      [ref.fileId, ref.attempt],
    );
    if (rowCount === 0) return false;
    await client.query(`delete from chunks where file_id = $1`, [ref.fileId]);
    return true;
  });
}

/** Records that the objects of the chunks are removed; the second time the cut is forgotten too. */
export async function markChunksRemoved(db: Database, ref: AttemptRef): Promise<void> {
  await db.query(
    `with again as (
       delete from cuts where file_id = $1 and attempt = $2 and removed_at is not null
     )
     update cuts set removed_at = now() where file_id = $1 and attempt = $2 and removed_at is null`,
    [ref.fileId, ref.attempt],
  );
}
