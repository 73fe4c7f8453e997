import type { FailureCode } from "@transpod/contract/failures.ts";
import type { FileState } from "@transpod/contract/states.ts";
import type { Disposition } from "./arrivals.ts";
import type { Database } from "./database.ts";

/** What the story of a file is told from, beside its status (files.ts) and its attempts (transactions.ts). */

export interface WaitingRow {
  declared_size_bytes: number | null;
  /** The file fails then without an upload. */
  upload_until: Date;
  /** Whether an upload was accepted. */
  uploaded: boolean;
  /** When a pending file may start, if that is in the future. */
  launch_after: Date | null;
}

/** Undefined when there is no such file. */
export async function getWaiting(db: Database, fileId: string): Promise<WaitingRow | undefined> {
  const { rows } = await db.query<WaitingRow>(
    `select declared_size_bytes, upload_until, source_version is not null as uploaded,
       case when state = 'pending' and launch_after > now() then launch_after end as launch_after
     from files where file_id = $1`,
    [fileId],
  );
  return rows[0];
}

/** A line of the file's history. */
export interface TransitionRow {
  attempt: number;
  from_state: FileState | null;
  to_state: FileState;
  /** Why a file failed, else null. */
  code: FailureCode | null;
  at: Date;
}

/** In order. */
export async function listTransitions(db: Database, fileId: string): Promise<TransitionRow[]> {
  const { rows } = await db.query<TransitionRow>(
    `select attempt, from_state, to_state, code, at from history
     where file_id = $1 order by history_id`,
    [fileId],
  );
  return rows;
}

/** An object version that S3 reported under the file's key. */
export interface ArrivalRow {
  disposition: Disposition;
  size_bytes: number;
  /** When it was uploaded, by S3's clock. */
  event_at: Date | null;
  received_at: Date;
}

/** The oldest first, at most `limit`. */
export async function listArrivals(
  db: Database,
  { bucket, key }: { bucket: string; key: string },
  limit: number,
): Promise<ArrivalRow[]> {
  const { rows } = await db.query<ArrivalRow>(
    `select disposition, size_bytes, event_at, received_at from inbox
     where bucket = $1 and s3_key = $2 order by received_at, version_id limit $3`,
    [bucket, key, limit],
  );
  return rows;
}

/** A command of a client that changed the file. */
export interface CommandRow {
  /** The operationId. */
  action: string;
  at: Date;
  /** Null when no key was asked for. */
  key_id: string | null;
  key_name: string | null;
}

/** The last `limit`, the oldest of them first. Those that are older than the audit log is kept are missing. */
export async function listCommands(
  db: Database,
  fileId: string,
  limit: number,
): Promise<CommandRow[]> {
  const { rows } = await db.query<CommandRow>(
    `select a.action, a.at, a.key_id, k.name as key_name
     from audit_log a left join api_keys k on k.key_id = a.key_id
     where a.file_id = $1 and a.result = 'done' order by a.audit_id desc limit $2`,
    [fileId, limit],
  );
  return rows.toReversed();
}

/** Leases of chunks that ended in the same failure, while the attempt went on. */
export interface ChunkFailureRow {
  attempt: number;
  code: FailureCode;
  leases: number;
  last_at: Date;
}

/** Of chunks that are not removed yet. */
export async function listChunkFailures(db: Database, fileId: string): Promise<ChunkFailureRow[]> {
  const { rows } = await db.query<ChunkFailureRow>(
    `select attempt, failure_code as code, count(*) as leases, max(ended_at) as last_at
     from chunk_leases where file_id = $1 and failure_code is not null
     group by attempt, failure_code order by max(ended_at)`,
    [fileId],
  );
  return rows;
}

/** The events of the file that one webhook gets. */
export interface ReceiverRow {
  url: string;
  delivered: number;
  failed: number;
  pending: number;
  last_at: Date;
  /** Of the last event that was tried; null when there was no answer. */
  last_http_status: number | null;
  last_error: string | null;
}

/** One for each webhook, while its deliveries are kept. */
export async function listReceivers(db: Database, fileId: string): Promise<ReceiverRow[]> {
  const { rows } = await db.query<ReceiverRow>(
    `select w.url,
       count(*) filter (where d.status = 'delivered') as delivered,
       count(*) filter (where d.status = 'failed') as failed,
       count(*) filter (where d.status = 'pending') as pending,
       max(coalesce(d.ended_at, d.created_at)) as last_at,
       (array_agg(d.last_http_status order by d.sequence desc)
         filter (where d.tries > 0 or d.last_error is not null))[1] as last_http_status,
       (array_agg(d.last_error order by d.sequence desc)
         filter (where d.tries > 0 or d.last_error is not null))[1] as last_error
     from deliveries d join webhooks w on w.webhook_id = d.webhook_id
     where d.file_id = $1 group by w.webhook_id, w.url order by w.webhook_id`,
    [fileId],
  );
  return rows;
}
