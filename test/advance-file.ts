import type pg from "pg";
import type { AttemptRef } from "@transpod/contract/job-identity.ts";
import type { CompleteRequest, MediaSummary } from "@transpod/contract/work-protocol.ts";
import { recordArrival } from "@transpod/store/arrivals.ts";
import { inTransaction } from "@transpod/store/database.ts";
import { reserveSlots } from "@transpod/store/launches.ts";
import { claimAttempt, completeFile } from "@transpod/store/work.ts";

/** Takes files forward with the statements that the controller uses, without a controller. */

export interface Arrived {
  bucket: string;
  key: string;
  version: string;
}

/** `awaiting_upload` to `pending` */
export async function acceptUpload(pool: pg.Pool, { bucket, key, version }: Arrived) {
  const object = {
    bucket,
    key,
    version_id: version,
    etag: "etag",
    size_bytes: 4,
    event_time: null,
  };
  const disposition = await inTransaction(pool, (tx) =>
    recordArrival(tx, object, { messageId: "message", rawBucket: bucket }),
  );
  if (disposition !== "accepted") throw new Error(`the arrival was ${disposition}`);
}

/** Every `pending` file to `processing` */
export async function launchAll(pool: pg.Pool): Promise<void> {
  await inTransaction(pool, (tx) => reserveSlots(tx, 1_000));
}

/** `processing` to `completed` */
export async function publish(pool: pg.Pool, ref: AttemptRef, processedKey: string): Promise<void> {
  const claim = await claimAttempt(pool, ref, "test");
  if (claim === undefined) throw new Error("there is nothing to claim");
  const published = await completeFile(pool, { ...ref, lease: claim.lease }, processedKey, result);
  if (!published) throw new Error("the result was refused");
}

const media: MediaSummary = {
  container: "mov",
  codec: "h264",
  pixel_format: "yuv420p",
  width: 1920,
  height: 1080,
  frames: 250,
  frame_rate: 25,
  duration_seconds: 10,
  size_bytes: 4,
  bit_rate: 8_000_000,
  audio_codecs: ["aac"],
};

const result: CompleteRequest = {
  lease: 1,
  parts: [{ part_number: 1, etag: "etag" }],
  size_bytes: 3,
  sha256: "0".repeat(64),
  original: media,
  processed: { ...media, codec: "hevc", size_bytes: 3 },
  target_codec: "hevc",
  verification: { frames: 250, max_timestamp_error_ms: 0.5, duration_difference_ms: 0 },
  notes: ["Audio was copied."],
  phase_times: { download: 10, probe: 20, encode: 300, verify: 40, upload: 5 },
};
