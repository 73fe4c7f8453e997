import { HeadObjectCommand, NotFound, type S3Client } from "@aws-sdk/client-s3";
import { GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import pLimit from "p-limit";
import { versionParameter } from "@transpod/runtime/aws.ts";
import { s3MessageFor, type ObjectCreated } from "@transpod/contract/s3-event.ts";
import type { Logger } from "@transpod/runtime/logger.ts";
import { inTransaction } from "@transpod/store/database.ts";
import { insertOutbox } from "@transpod/store/outbox.ts";
import { markUploaded, takeSilentUploads, type SilentUpload } from "@transpod/store/sweeps.ts";
import type { ControllerSettings } from "../config.ts";
import type { RelayDeps } from "./relay-outbox.ts";

export interface SilentUploadDeps extends RelayDeps {
  s3: S3Client;
  rawBucket: string;
  settings: ControllerSettings;
  log: Logger;
}

const batch = 100;

/** While more messages wait, that of an upload may be among them: one more would make the queue longer. */
const backlog = 100;

/**
 * Looks for uploads that are in S3 although no event told of them, and sends the message that S3
 * did not send. There is one way in, so what follows is the same as for any upload.
 */
export async function findSilentUploads(deps: SilentUploadDeps): Promise<void> {
  if ((await waitingMessages(deps)) > backlog) return;
  const limit = pLimit(10);
  const files = await takeSilentUploads(deps.pool, deps.settings.uploadEventGraceSeconds, batch);
  await Promise.all(files.map((file) => limit(() => sendFor(deps, file))));
}

async function waitingMessages({ sqs, queueUrl }: RelayDeps): Promise<number> {
  const AttributeNames = ["ApproximateNumberOfMessages" as const];
  const asked = new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames });
  return Number((await sqs.send(asked)).Attributes?.ApproximateNumberOfMessages ?? 0);
}

async function sendFor(deps: SilentUploadDeps, file: SilentUpload): Promise<void> {
  const object = await headObject(deps, file);
  if (object === undefined) return;
  const found = await inTransaction(deps.pool, async (client) => {
    const marked = await markUploaded(client, file.file_id, object);
    if (marked) await insertOutbox(client, s3MessageFor(object));
    return marked;
  });
  if (found) deps.log.warn({ event: "upload_found_by_sweep", file_id: file.file_id });
}

/** The object as an event would tell of it; undefined when it is not there. */
async function headObject(
  { s3, rawBucket }: SilentUploadDeps,
  file: SilentUpload,
): Promise<ObjectCreated | undefined> {
  try {
    const head = await s3.send(
      new HeadObjectCommand({
        Bucket: rawBucket,
        Key: file.s3_key,
        ...versionParameter(file.source_version),
      }),
    );
    return {
      bucket: rawBucket,
      key: file.s3_key,
      version_id: head.VersionId ?? "",
      etag: (head.ETag ?? "").replaceAll('"', ""),
      size_bytes: head.ContentLength ?? 0,
      event_time: head.LastModified?.toISOString() ?? null,
    };
  } catch (error) {
    if (error instanceof NotFound) return undefined;
    throw error;
  }
}
