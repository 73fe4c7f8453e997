import type { FileState } from "@transpod/contract/states.ts";
import type { TranscodeSettings } from "@transpod/contract/transcode-settings.ts";
import type {
  Codec,
  MediaSummary,
  Phase,
  PhaseTimes,
  Verification,
} from "@transpod/contract/work-protocol.ts";
import { auditInsertion, auditValues, type AuditEntry } from "./audit-log.ts";
import type { Database } from "./database.ts";

export interface NewFile {
  file_id: string;
  file_name: string;
  s3_key: string;
  priority: number;
  declared_size_bytes: number | null;
  declared_content_type: string | null;
  settings: TranscodeSettings;
  /** Whether the original is deleted after success. */
  delete_original: boolean;
  /** The key that creates it; null when none was required. */
  api_key_id: string | null;
  /** The file fails after this time without an upload. */
  upload_expiry_seconds: number;
  /** Absent without tracing. */
  traceparent?: string | undefined;
}

/** One row of the view file_status. Times are dates; `processing_time` is in seconds. */
export interface FileStatusRow {
  file_id: string;
  file_name: string;
  s3_key: string;
  state: FileState;
  attempt: number;
  priority: number;
  source_version: string | null;
  size_bytes: number | null;
  processed_key: string | null;
  failure_code: string | null;
  failure_detail: string | null;
  created_at: Date;
  updated_at: Date;
  original_codec: string | null;
  target_codec: Codec | null;
  original: MediaSummary | null;
  processed: MediaSummary | null;
  verification: Verification | null;
  notes: string[] | null;
  phase_times: PhaseTimes | null;
  sha256: string | null;
  waiting_for: string | null;
  processing_time: number | null;
  queue_position: number | null;
  progress: ProgressRow | null;
  settings: TranscodeSettings;
  workers: number | null;
  chunks: { done: number; total: number } | null;
  /** Pairs of stills of the result. */
  stills: number;
  delete_original: boolean;
  /** Since when it can't be downloaded or transcoded again; null while it is kept. So is the next one. */
  original_deleted_at: Date | null;
  result_deleted_at: Date | null;
}

/** As json_build_object gives it: `updated_at` is an ISO 8601 string. */
export interface ProgressRow {
  phase: Phase;
  percent: number;
  frame: number | null;
  total_frames: number | null;
  fps: number | null;
  speed: number | null;
  eta_seconds: number | null;
  updated_at: string;
}

const insertion = `insert into files (file_id, file_name, s3_key, priority, declared_size_bytes,
    declared_content_type, settings, api_key_id, upload_until, delete_original, traceparent)
  values ($1, $2, $3, $4, $5, $6, $7, $8, now() + make_interval(secs => $9), $10, $11)
  returning upload_until`;

/**
 * Writes a file, and the line of the audit log about it: one statement is one transaction and one round trip. Resolves
 * with the time by which the upload must be complete.
 */
export async function insertFile(db: Database, file: NewFile, entry: AuditEntry): Promise<Date> {
  const values = [
    file.file_id,
    file.file_name,
    file.s3_key,
    file.priority,
    file.declared_size_bytes,
    file.declared_content_type,
    file.settings,
    file.api_key_id,
    file.upload_expiry_seconds,
    file.delete_original,
    file.traceparent ?? null,
  ];
  const { rows } = await db.query<{ upload_until: Date }>({
    name: "insert_file",
    text: `with audited as (${auditInsertion(values.length + 1)}) ${insertion}`,
    values: [...values, ...auditValues(entry)],
  });
  return rows[0]!.upload_until;
}

/**
 * The columns of FileStatusRow but `queue_position`. They are named because a prepared statement with `*` fails
 * when a migration adds a column to the view.
 */
export const statusColumns = [
  ...["file_id", "file_name", "s3_key", "state", "attempt", "priority", "source_version"],
  ...["size_bytes", "processed_key", "failure_code", "failure_detail", "created_at", "updated_at"],
  ...["original_codec", "target_codec", "original", "processed", "verification", "notes"],
  ...["phase_times", "sha256", "waiting_for", "processing_time", "progress", "settings"],
  ...["workers", "chunks", "stills"],
  ...["delete_original", "original_deleted_at", "result_deleted_at"],
]
  .map((column) => `s.${column}`)
  .join(", ");

/**
 * All files that wait, with their positions: for a statement that reads many files, where the view would count
 * for each. Empty unless `isNeeded`, an SQL condition on no row.
 */
export const numberedQueue = (isNeeded: string) =>
  `(select file_id, row_number() over (order by priority desc, queued_at, file_id) as queue_position
    from files where state = 'pending' and ${isNeeded})`;

export async function getFileStatus(
  db: Database,
  fileId: string,
): Promise<FileStatusRow | undefined> {
  const { rows } = await db.query<FileStatusRow>({
    name: "file_status",
    text: `select ${statusColumns}, s.queue_position from file_status s where s.file_id = $1`,
    values: [fileId],
  });
  return rows[0];
}

/** Those that exist, in no order. */
export async function getFileStatuses(
  db: Database,
  fileIds: readonly string[],
): Promise<FileStatusRow[]> {
  const isNeeded =
    "exists (select from files where file_id = any($1::uuid[]) and state = 'pending')";
  const { rows } = await db.query<FileStatusRow>({
    name: "file_statuses",
    text: `select ${statusColumns}, q.queue_position
      from file_status s left join ${numberedQueue(isNeeded)} q on q.file_id = s.file_id
      where s.file_id = any($1::uuid[])`,
    values: [fileIds],
  });
  return rows;
}

/** Which key created each file; null for none. Deleted files are known as long as their tombstone is. */
export async function getOwners(
  db: Database,
  fileIds: readonly string[],
): Promise<Map<string, string | null>> {
  const { rows } = await db.query<{ file_id: string; api_key_id: string | null }>(
    `select file_id, api_key_id from files where file_id = any($1::uuid[])
     union all
     select file_id, api_key_id from tombstones where file_id = any($1::uuid[])`,
    [fileIds],
  );
  return new Map(rows.map((row) => [row.file_id, row.api_key_id]));
}
