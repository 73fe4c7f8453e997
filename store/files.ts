import type { FileState } from "@transpod/contract/states.ts";
import type { TranscodeSettings } from "@transpod/contract/transcode-settings.ts";
import type {
  Codec,
  MediaSummary,
  Phase,
  PhaseTimes,
  Verification,
} from "@transpod/contract/work-protocol.ts";
import type { Database } from "./database.ts";

export interface NewFile {
  file_id: string;
  file_name: string;
  s3_key: string;
  priority: number;
  declared_size_bytes: number | null;
  declared_content_type: string | null;
  settings: TranscodeSettings;
  /** The key that creates it; null when none was required. */
  api_key_id: string | null;
  /** The file fails after this time without an upload. */
  upload_expiry_seconds: number;
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

/** Where a page of the list ends: the next one begins after this file. */
export interface ListPosition {
  /** Microseconds since 1970, which a JavaScript Date can't hold. */
  created_us: number;
  file_id: string;
}

export interface ListOptions {
  state: FileState | undefined;
  /** Only files that this key created; null for all. */
  createdBy: string | null;
  after: ListPosition | undefined;
  limit: number;
}

/** Resolves with the time by which the upload must be complete. */
export async function insertFile(db: Database, file: NewFile): Promise<Date> {
  const { rows } = await db.query<{ upload_until: Date }>(
    `insert into files (file_id, file_name, s3_key, priority, declared_size_bytes,
                        declared_content_type, settings, api_key_id, upload_until)
     values ($1, $2, $3, $4, $5, $6, $7, $8, now() + make_interval(secs => $9))
     returning upload_until`,
    [
      file.file_id,
      file.file_name,
      file.s3_key,
      file.priority,
      file.declared_size_bytes,
      file.declared_content_type,
      file.settings,
      file.api_key_id,
      file.upload_expiry_seconds,
    ],
  );
  return rows[0]!.upload_until;
}

export async function getFileStatus(
  db: Database,
  fileId: string,
): Promise<FileStatusRow | undefined> {
  const { rows } = await db.query<FileStatusRow>(`select * from file_status where file_id = $1`, [
    fileId,
  ]);
  return rows[0];
}

/** Those that exist, in no order. */
export async function getFileStatuses(
  db: Database,
  fileIds: readonly string[],
): Promise<FileStatusRow[]> {
  const { rows } = await db.query<FileStatusRow>(
    `select * from file_status where file_id = any($1::uuid[])`,
    [fileIds],
  );
  return rows;
}

/**
 * Newest first. Asks for one row more than `limit`, so that the caller sees whether there is a next
 * page.
 */
export async function listFileStatus(
  db: Database,
  { state, createdBy, after, limit }: ListOptions,
): Promise<(FileStatusRow & ListPosition)[]> {
  const { rows } = await db.query<FileStatusRow & ListPosition>(
    `select s.*, (extract(epoch from f.created_at) * 1000000)::bigint as created_us
     from files f join file_status s on s.file_id = f.file_id
     where ($1::text is null or f.state = $1)
       and ($2::bigint is null or (f.created_at, f.file_id) <
         (timestamptz 'epoch' + $2 * interval '1 microsecond', $3::uuid))
       and ($5::text is null or f.api_key_id = $5)
     order by f.created_at desc, f.file_id desc
     limit $4`,
    [state ?? null, after?.created_us ?? null, after?.file_id ?? null, limit + 1, createdBy],
  );
  return rows;
}
