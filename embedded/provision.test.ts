import {
  GetBucketCorsCommand,
  GetBucketNotificationConfigurationCommand,
  GetBucketVersioningCommand,
  HeadBucketCommand,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import { beforeEach, expect, test, vi } from "vitest";
import { clientsOf, startTestMiniStack } from "./ministack/testing.ts";
import { provision } from "./provision.ts";
import { temporaryFolder } from "./temporary-folder.ts";

vi.setConfig({ testTimeout: 60_000 });
const names = { rawBucket: "raw", processedBucket: "processed", queueName: "uploads" };

let s3: S3Client;
let sqs: SQSClient;
beforeEach(async () => {
  const { endpoint } = await startTestMiniStack(temporaryFolder());
  ({ s3, sqs } = clientsOf(endpoint));
});

/** Takes every message out of the queue. */
async function drain(queueUrl: string): Promise<string[]> {
  const bodies: string[] = [];
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10 }),
    );
    if (Messages.length === 0) return bodies;
    for (const { Body, ReceiptHandle } of Messages) {
      bodies.push(Body ?? "");
      await sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle }));
    }
  }
}

test("videos are announced on the queue, with their version, and nothing else is", async () => {
  const { queueUrl } = await provision({ s3, sqs, ...names });
  await drain(queueUrl); // S3 sends test events when it is told to notify
  for (const Key of ["a.mp4", "b.mov", "c.MP4", "d.MOV", "e.txt"]) {
    await s3.send(new PutObjectCommand({ Bucket: "raw", Key, Body: "x" }));
  }
  const events = await vi.waitFor(async () => {
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl: queueUrl,
        AttributeNames: ["ApproximateNumberOfMessages"],
      }),
    );
    expect(Attributes?.ApproximateNumberOfMessages).toBe("4");
    return drain(queueUrl);
  }, 10_000);
  const objects = events.map((body) => JSON.parse(body).Records[0].s3.object);
  expect(new Set(objects.map(({ key }) => key))).toEqual(
    new Set(["a.mp4", "b.mov", "c.MP4", "d.MOV"]),
  );
  expect(objects[0].versionId).toMatch(/.+/);
});

test("provisioning again changes nothing and keeps messages", async () => {
  const first = await provision({ s3, sqs, ...names });
  await drain(first.queueUrl);
  await sqs.send(new SendMessageCommand({ QueueUrl: first.queueUrl, MessageBody: "waiting" }));

  expect(await provision({ s3, sqs, ...names })).toEqual(first);
  expect(await drain(first.queueUrl)).toContain("waiting");
});

test("the raw bucket has versions, both have CORS, and what fails too often is put aside", async () => {
  const { queueUrl } = await provision({ s3, sqs, ...names, corsOrigins: ["https://a.example"] });

  const versioning = await s3.send(new GetBucketVersioningCommand({ Bucket: "raw" }));
  expect(versioning.Status).toBe("Enabled");
  for (const Bucket of ["raw", "processed"]) {
    await s3.send(new HeadBucketCommand({ Bucket }));
    const { CORSRules } = await s3.send(new GetBucketCorsCommand({ Bucket }));
    expect(CORSRules?.[0]?.AllowedOrigins).toEqual(["https://a.example"]);
  }
  const { QueueConfigurations } = await s3.send(
    new GetBucketNotificationConfigurationCommand({ Bucket: "raw" }),
  );
  expect(QueueConfigurations).toHaveLength(4);
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ["RedrivePolicy"] }),
  );
  expect(JSON.parse(Attributes?.RedrivePolicy ?? "")).toMatchObject({
    deadLetterTargetArn: expect.stringMatching(/:uploads-dead$/),
    maxReceiveCount: 5,
  });
});
