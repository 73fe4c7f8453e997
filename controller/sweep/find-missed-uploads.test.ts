import { PutBucketNotificationConfigurationCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { PurgeQueueCommand, SendMessageBatchCommand } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createLogger } from "@transpod/runtime/logger.ts";
import { createRegistry } from "@transpod/runtime/metrics.ts";
import { getFileStatus } from "@transpod/store/files.ts";
import { announcedFile } from "@transpod/store/testing.ts";
import {
  freshAws,
  freshDatabase,
  type TestAws,
  type TestDatabase,
} from "@transpod/test/harness.ts";
import { createMetrics } from "../metrics.ts";
import { defaultSettings } from "../testing.ts";
import { findMissedUploads } from "./find-missed-uploads.ts";

let db: TestDatabase;
let aws: TestAws;
beforeAll(async () => {
  [db, aws] = await Promise.all([freshDatabase(), freshAws()]);
});
afterAll(() => db.drop());

/** A file that was uploaded long ago, without an event of S3. */
async function missedUpload() {
  const file = await announcedFile(db.pool);
  const nobody = { Bucket: aws.rawBucket, NotificationConfiguration: {} };
  await aws.s3.send(new PutBucketNotificationConfigurationCommand(nobody));
  await aws.s3.send(
    new PutObjectCommand({ Bucket: aws.rawBucket, Key: file.s3_key, Body: "video" }),
  );
  await db.pool.query("update files set swept_at = '-infinity'");
  return file;
}

test("no upload is taken for silent while its message may wait in a long queue", async () => {
  const log = createLogger({ service: "test", level: "silent" });
  const metrics = createMetrics(createRegistry(), db.pool);
  const deps = { ...aws, pool: db.pool, settings: defaultSettings, metrics, log };
  const { file_id } = await missedUpload();
  for (let batch = 0; batch < 11; batch += 1) {
    const Entries = Array.from({ length: 10 }, (_, n) => ({ Id: String(n), MessageBody: "{}" }));
    await aws.sqs.send(new SendMessageBatchCommand({ QueueUrl: aws.queueUrl, Entries }));
  }
  await findMissedUploads(deps);
  expect(await getFileStatus(db.pool, file_id)).toMatchObject({ state: "awaiting_upload" });

  await aws.sqs.send(new PurgeQueueCommand({ QueueUrl: aws.queueUrl }));
  await findMissedUploads(deps);
  expect(await getFileStatus(db.pool, file_id)).toMatchObject({ state: "uploaded" });
});
