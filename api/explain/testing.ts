import { defaultSettings } from "@transpod/contract/transcode-settings.ts";
import type { TransitionRow } from "@transpod/store/story.ts";
import type { TransactionRow } from "@transpod/store/transactions.ts";
import { anonymousCaller } from "../access/access.ts";
import type { Story } from "./story.ts";

/** Builders for tests. */

export const fileId = "0b0f2c0e-6f0b-4e5e-9a53-0a3f6f4f8a11";

/** Seconds after the file was announced. */
export const at = (second: number) => new Date(Date.UTC(2026, 0, 31, 12, 0, second));

export function anAttempt(fields: Partial<TransactionRow> = {}): TransactionRow {
  return {
    ...{ attempt: 1, outcome: null, failure_code: null, failure_detail: null, counted: null },
    ...{ worker: null, lease: 0, memory_scale: 1, workers_started: 1, chunks: null },
    ...{
      waiting_for: null,
      original_codec: null,
      target_codec: null,
      notes: [],
      phase_times: null,
    },
    ...{ worker_log: null, created_at: at(1), reserved_at: null, launched_at: null },
    ...{ workers_added_at: null, claimed_at: null, heartbeat_at: null, ended_at: null },
    ...fields,
  };
}

export function aTransition(
  second: number,
  from_state: TransitionRow["from_state"],
  to_state: TransitionRow["to_state"],
  fields: Partial<TransitionRow> = {},
): TransitionRow {
  return { attempt: 1, from_state, to_state, code: null, at: at(second), ...fields };
}

/** Of a file that was announced, with what differs. */
export function aStory(
  file: Partial<Story["file"]> = {},
  { waiting, ...rest }: Partial<Omit<Story, "file">> = {},
): Story {
  return {
    file: {
      ...{ file_id: fileId, file_name: "holiday.mov", s3_key: "holiday.mov", priority: 0 },
      ...{ state: "awaiting_upload", attempt: 0, source_version: null, size_bytes: null },
      ...{ processed_key: null, failure_code: null, failure_detail: null, created_at: at(0) },
      ...{ updated_at: at(0), original_codec: null, target_codec: null, original: null },
      ...{ processed: null, verification: null, notes: null, phase_times: null, sha256: null },
      ...{ waiting_for: null, processing_time: null, queue_position: null, progress: null },
      ...{ settings: defaultSettings, workers: null, chunks: null, stills: 0, expected: null },
      ...{ delete_original: false, original_deleted_at: null, result_deleted_at: null },
      ...file,
    },
    waiting: {
      ...{ declared_size_bytes: null, upload_until: at(3600), uploaded: true, launch_after: null },
      ...waiting,
    },
    transitions: [],
    arrivals: [],
    attempts: [],
    chunkFailures: [],
    commands: [],
    receivers: [],
    reader: anonymousCaller,
    ...rest,
  };
}
