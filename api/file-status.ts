import { transcodeSettings } from "@transpod/contract/transcode-settings.ts";
import type { FileStatus } from "@transpod/contract/public-api.ts";
import type { ForecastRow } from "./forecast/forecast.ts";

/** A file as clients see it: without object keys and versions, which are internal. */
export function toFileStatus(row: ForecastRow): FileStatus {
  const { failure_code: code, failure_detail: detail } = row;
  return {
    file_id: row.file_id,
    file_name: row.file_name,
    processing_status: row.state,
    original_codec: row.original_codec,
    target_codec: row.target_codec,
    processing_time: row.processing_time,
    size_bytes: row.size_bytes,
    processed_size_bytes: row.processed?.size_bytes ?? null,
    priority: row.priority,
    settings: transcodeSettings.parse(row.settings),
    attempt: row.attempt,
    queue_position: row.queue_position,
    expected_start: row.expected?.start ?? null,
    expected_end: row.expected?.end ?? null,
    waiting_for: row.waiting_for,
    progress: row.progress,
    workers: row.workers,
    chunks: row.chunks,
    failure: code === null ? null : { code, detail: detail ?? "" },
    notes: row.notes ?? [],
    original: row.original,
    processed: row.processed,
    verification: row.verification,
    phase_times: row.phase_times,
    sha256: row.sha256,
    stills: row.stills,
    delete_original: row.delete_original,
    original_deleted_at: row.original_deleted_at?.toISOString() ?? null,
    result_deleted_at: row.result_deleted_at?.toISOString() ?? null,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  };
}
