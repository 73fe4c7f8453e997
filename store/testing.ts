import { randomUUID } from "node:crypto";
import type pg from "pg";
import type { ChunkCompleteRequest, CutRequest } from "@transpod/contract/chunk-protocol.ts";
import type { AttemptRef, ChunkLeaseRef, LeaseRef } from "@transpod/contract/job-identity.ts";
import { rawKey } from "@transpod/contract/object-keys.ts";
import type { ObjectCreated } from "@transpod/contract/s3-event.ts";
import { defaultSettings } from "@transpod/contract/transcode-settings.ts";
import type { CompleteRequest, MediaSummary } from "@transpod/contract/work-protocol.ts";
import { recordArrival, type Disposition } from "./arrivals.ts";
import { storeCut } from "./cuts.ts";
import { inTransaction } from "./database.ts";
import { insertFile, type NewFile } from "./files.ts";
import { markLaunched, reserveSlots } from "./launches.ts";
import { claimAttempt, completeFile } from "./work.ts";

/** Builders for tests: each makes a file in the state that its name says, with the real statements. */

export const rawBucket = "raw";

export async function announcedFile(
  db: pg.Pool,
  overrides: Partial<NewFile> = {},
): Promise<NewFile> {
  const file_id = randomUUID();
  const file: NewFile = {
    file_id,
    file_name: "holiday.mp4",
    s3_key: rawKey("holiday.mp4", file_id),
    priority: 0,
    declared_size_bytes: null,
    declared_content_type: null,
    settings: defaultSettings,
    delete_original: false,
    api_key_id: null,
    upload_expiry_seconds: 3600,
    ...overrides,
  };
  await insertFile(db, file, {
    ...{ action: "createUpload", key_id: file.api_key_id, file_id, result: "done", code: null },
    ...{ client: "127.0.0.1", request_id: null },
  });
  return file;
}

export function objectOf(
  file: Pick<NewFile, "s3_key">,
  overrides: Partial<ObjectCreated> = {},
): ObjectCreated {
  return {
    bucket: rawBucket,
    key: file.s3_key,
    version_id: "v1",
    etag: "etag1",
    size_bytes: 1000,
    event_time: "2026-01-31T12:00:00.000Z",
    ...overrides,
  };
}

/** Records an arrival as an intake of the bucket `rawBucket` does. */
export async function arrive(
  pool: pg.Pool,
  object: ObjectCreated,
  from = { messageId: "m1", rawBucket },
): Promise<Disposition | undefined> {
  return await inTransaction(pool, (client) => recordArrival(client, object, from));
}

export async function pendingFile(
  pool: pg.Pool,
  overrides: Partial<NewFile> = {},
): Promise<AttemptRef> {
  const file = await announcedFile(pool, overrides);
  await arrive(pool, objectOf(file));
  return { fileId: file.file_id, attempt: 1 };
}

export async function reserve(pool: pg.Pool, maxRunningJobs = 1_000): Promise<AttemptRef[]> {
  const rows = await inTransaction(pool, (client) => reserveSlots(client, maxRunningJobs));
  return rows.map((row) => ({ fileId: row.file_id, attempt: row.attempt }));
}

/** Its slot is reserved, its Job launched and its first lease claimed. */
export async function claimedFile(pool: pg.Pool): Promise<LeaseRef> {
  const ref = await pendingFile(pool);
  await reserve(pool);
  await markLaunched(pool, ref);
  return await claim(pool, ref);
}

export async function claim(pool: pg.Pool, ref: AttemptRef): Promise<LeaseRef> {
  const row = await claimAttempt(pool, ref, "worker");
  if (row === undefined) throw new Error("the claim was refused");
  return { ...ref, lease: row.lease };
}

export const aCut: Omit<CutRequest, "lease"> = {
  fingerprint: "a",
  chunk_frames: [24, 12, 12],
  original_codec: "h264",
  target_codec: "hevc",
};

/** Claimed, and cut into the chunks of `aCut`. */
export async function cutFile(pool: pg.Pool): Promise<LeaseRef> {
  const ref = await claimedFile(pool);
  if (!(await storeCut(pool, ref, { ...aCut, lease: ref.lease }))) {
    throw new Error("the cut was refused");
  }
  return ref;
}

/** The result of a chunk. */
export function outputOf({ chunk, lease }: ChunkLeaseRef): ChunkCompleteRequest {
  return {
    ...{ chunk, lease, size_bytes: 100, sha256: "0".repeat(64) },
    verification: { frames: 12, max_timestamp_error_ms: 0, duration_difference_ms: 0 },
    notes: [],
    phase_times: { encode: 1000 },
  };
}

export async function publish(pool: pg.Pool, ref: AttemptRef, processedKey: string): Promise<void> {
  const lease = await claim(pool, ref);
  if (!(await completeFile(pool, lease, processedKey, resultOf(lease)))) {
    throw new Error("the result was refused");
  }
}

const summary: MediaSummary = {
  container: "mp4",
  codec: "h264",
  pixel_format: "yuv420p",
  width: 640,
  height: 360,
  frames: 48,
  frame_rate: 24,
  duration_seconds: 2,
  size_bytes: 1000,
  bit_rate: 4000,
  audio_codecs: ["aac"],
};

export function resultOf({ lease }: LeaseRef): CompleteRequest {
  return {
    lease,
    parts: [{ part_number: 1, etag: "etag" }],
    size_bytes: 500,
    sha256: "0".repeat(64),
    original: summary,
    processed: { ...summary, codec: "hevc", size_bytes: 500 },
    target_codec: "hevc",
    verification: { frames: 48, max_timestamp_error_ms: 0, duration_difference_ms: 0 },
    notes: [],
    phase_times: { encode: 1234 },
  };
}
