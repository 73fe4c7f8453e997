import type { S3Client } from "@aws-sdk/client-s3";
import { GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import pLimit from "p-limit";
import { s3MessageFor, type ObjectCreated } from "@transpod/contract/s3-event.ts";
import { crashPoint } from "@transpod/runtime/crash-point.ts";
import { findObject } from "@transpod/runtime/find-object.ts";
import type { Logger } from "@transpod/runtime/logger.ts";
import { inTransaction } from "@transpod/store/database.ts";
import { insertOutbox } from "@transpod/store/outbox.ts";
import { markUploaded, takeMissedUploads, type MissedUpload } from "@transpod/store/sweeps.ts";
import { expireUpload } from "@transpod/store/uploads.ts";
import type { ControllerSettings } from "../config.ts";
import type { ControllerMetrics } from "../metrics.ts";
import type { OutboxDeps } from "./send-outbox.ts";

export interface MissedUploadDeps extends OutboxDeps {
  s3: S3Client;
  rawBucket: string;
  settings: ControllerSettings;
  metrics: ControllerMetrics;
  log: Logger;
}

const batch = 100;
const tooLate =
  "Nothing was uploaded in time, so the file has expired. Announce it again with POST /upload.";

/**
 * With more waiting messages than this, the event of an upload may be among them, so no message is sent
 * for it.
 */
const backlog = 100;

/**
 * Looks for uploads that are in S3 but had no event, and sends the message that S3 did not send, so
 * that they take the same way as any upload. A file whose time is over and that still has no upload
 * fails.
 */
export async function findMissedUploads(deps: MissedUploadDeps): Promise<void> {
  if ((await waitingMessages(deps)) > backlog) return;
  const limit = pLimit(10);
  const files = await takeMissedUploads(deps.pool, deps.settings.uploadEventGraceSeconds, batch);
  await Promise.all(files.map((file) => limit(() => lookFor(deps, file))));
}

async function waitingMessages({ sqs, queueUrl }: OutboxDeps): Promise<number> {
  const AttributeNames = ["ApproximateNumberOfMessages" as const];
  const asked = new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames });
  return Number((await sqs.send(asked)).Attributes?.ApproximateNumberOfMessages ?? 0);
}

async function lookFor(deps: MissedUploadDeps, file: MissedUpload): Promise<void> {
  const { s3, rawBucket: bucket } = deps;
  const { s3_key: key, source_version: version } = file;
  const object = await findObject(s3, { bucket, key, version });
  if (object !== undefined) await sendFor(deps, file, object);
  else if (file.expired) await expire(deps, file);
}

async function sendFor(
  { pool, log }: MissedUploadDeps,
  { file_id }: MissedUpload,
  object: ObjectCreated,
): Promise<void> {
  const found = await inTransaction(pool, async (client) => {
    const marked = await markUploaded(client, file_id, object);
    if (marked) await insertOutbox(client, s3MessageFor(object));
    return marked;
  });
  if (found) log.warn({ event: "upload_found_by_sweep", file_id });
}

async function expire(
  { pool, metrics, log }: MissedUploadDeps,
  { file_id }: MissedUpload,
): Promise<void> {
  if (!(await expireUpload(pool, file_id, tooLate))) return;
  crashPoint("upload_expired");
  metrics.finished.inc({ reason: "upload_expired" });
  log.info({ event: "upload_expired", file_id });
}
