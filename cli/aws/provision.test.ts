import {
  CreateBucketCommand,
  GetBucketCorsCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketNotificationConfigurationCommand,
  GetBucketPolicyCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  PutBucketCorsCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketTaggingCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueueTagsCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  TagQueueCommand,
} from "@aws-sdk/client-sqs";
import { beforeEach, expect, inject, test, vi } from "vitest";
import { createS3, createSqs } from "@transpod/runtime/aws.ts";
import { freshSuffix } from "../testing.ts";
import { namesFor, type Names } from "./names.ts";
import { provision, type ProvisionOptions } from "./provision.ts";

const place = { region: "us-east-1", endpoint: inject("awsEndpoint") };
const s3 = createS3(place);
const sqs = createSqs(place);
const waitOptions = { timeout: 10_000, interval: 20 };

let names: Names;
let options: ProvisionOptions;
beforeEach(() => {
  names = namesFor(freshSuffix());
  const { rawBucket, processedBucket, queue: queueName } = names;
  const tags = { "transpod:suffix": names.suffix };
  options = { s3, sqs, rawBucket, processedBucket, queueName, tags };
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

async function put(Key: string): Promise<void> {
  await s3.send(new PutObjectCommand({ Bucket: names.rawBucket, Key, Body: "x" }));
}

/** Everything that can be set on a bucket, as S3 tells it. */
async function bucketSettings(Bucket: string) {
  const settings = await Promise.all([
    s3.send(new GetBucketCorsCommand({ Bucket })),
    s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket })),
    s3.send(new GetBucketNotificationConfigurationCommand({ Bucket })),
    s3.send(new GetBucketTaggingCommand({ Bucket })),
    s3.send(new GetBucketVersioningCommand({ Bucket })),
    s3.send(new GetPublicAccessBlockCommand({ Bucket })),
  ]);
  return settings.map((answer) => {
    const { $metadata: _, ...setting } = answer;
    return setting;
  });
}

async function queueSettings(QueueName: string) {
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName }));
  const asked = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] });
  const { Attributes = {} } = await sqs.send(asked);
  // Traffic, not settings.
  const settings = Object.entries(Attributes).filter(([name]) => !name.startsWith("Approximate"));
  const { Tags } = await sqs.send(new ListQueueTagsCommand({ QueueUrl }));
  return { tags: Tags, attributes: Object.fromEntries(settings) };
}

async function everySetting() {
  return {
    raw: await bucketSettings(names.rawBucket),
    processed: await bucketSettings(names.processedBucket),
    queue: await queueSettings(names.queue),
    dead: await queueSettings(names.deadLetterQueue),
  };
}

test("videos are announced on the queue, with their version, and nothing else is", async () => {
  const { queueUrl } = await provision(options);
  await drain(queueUrl); // S3 sends test events when it is told to notify
  for (const key of ["a.mp4", "b.mov", "c.MP4", "d.MOV", "e.txt", "f.Mp4"]) await put(key);
  const events = await vi.waitFor(async () => {
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl: queueUrl,
        AttributeNames: ["ApproximateNumberOfMessages"],
      }),
    );
    expect(Attributes?.ApproximateNumberOfMessages).toBe("4");
    return drain(queueUrl);
  }, waitOptions);
  const objects = events.map((body) => JSON.parse(body).Records[0].s3.object);
  expect(new Set(objects.map(({ key }) => key))).toEqual(
    new Set(["a.mp4", "b.mov", "c.MP4", "d.MOV"]),
  );
  expect(objects[0].versionId).toMatch(/.+/);
});

test("what is made is closed to the public, tagged, versioned, and cleans up after itself", async () => {
  await provision(options);
  const { raw, processed, queue, dead } = await everySetting();
  const [cors, lifecycle, notifications, tags, versioning, access] = raw;
  expect(cors).toMatchObject({ CORSRules: [{ AllowedOrigins: ["*"], ExposeHeaders: ["ETag"] }] });
  expect(lifecycle).toMatchObject({
    Rules: [{ AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 } }],
  });
  expect(notifications).toMatchObject({ QueueConfigurations: { length: 4 } });
  expect(tags).toEqual({ TagSet: [{ Key: "transpod:suffix", Value: names.suffix }] });
  expect(versioning).toEqual({ Status: "Enabled" });
  expect(access).toEqual({
    PublicAccessBlockConfiguration: {
      BlockPublicAcls: true,
      IgnorePublicAcls: true,
      BlockPublicPolicy: true,
      RestrictPublicBuckets: true,
    },
  });
  expect(processed).toEqual([cors, lifecycle, {}, tags, {}, access]);

  for (const { tags: queueTags, attributes } of [queue, dead]) {
    expect(queueTags).toEqual({ "transpod:suffix": names.suffix });
    expect(attributes["MessageRetentionPeriod"]).toBe("1209600");
  }
  const [queueArn, deadArn] = [queue.attributes["QueueArn"], dead.attributes["QueueArn"]];
  expect(JSON.parse(queue.attributes["RedrivePolicy"] ?? "")).toEqual({
    deadLetterTargetArn: deadArn,
    maxReceiveCount: 5,
  });
  expect(JSON.parse(dead.attributes["RedriveAllowPolicy"] ?? "")).toEqual({
    redrivePermission: "byQueue",
    sourceQueueArns: [queueArn],
  });
  expect(JSON.parse(queue.attributes["Policy"] ?? "").Statement).toMatchObject([
    {
      Principal: { Service: "s3.amazonaws.com" },
      Action: "sqs:SendMessage",
      Condition: {
        ArnEquals: { "aws:SourceArn": `arn:aws:s3:::${names.rawBucket}` },
        StringEquals: { "aws:SourceAccount": "000000000000" },
      },
    },
  ]);
});

test("a second time changes nothing, and sends no test event", async () => {
  const first = await provision(options);
  const before = await everySetting();
  await drain(first.queueUrl);
  await sqs.send(new SendMessageCommand({ QueueUrl: first.queueUrl, MessageBody: "waiting" }));

  const second = await provision(options);
  expect(second.resources.map(({ change }) => change)).toEqual(Array(4).fill("unchanged"));
  expect(second.queueUrl).toBe(first.queueUrl);
  expect(await everySetting()).toEqual(before);
  expect(await drain(first.queueUrl)).toEqual(["waiting"]);
});

test("what an interrupted run left undone is done by the next", async () => {
  await s3.send(new CreateBucketCommand({ Bucket: names.rawBucket }));
  await sqs.send(new CreateQueueCommand({ QueueName: names.deadLetterQueue }));
  const { resources } = await provision(options);
  expect(resources.map(({ name, change }) => [name, change])).toEqual([
    [names.rawBucket, "updated"],
    [names.processedBucket, "created"],
    [names.queue, "created"],
    [names.deadLetterQueue, "updated"],
  ]);
  const healed = await everySetting();
  await provision(options);
  expect(await everySetting()).toEqual(healed);
});

test("what was changed by hand is put right, and named", async () => {
  const { queueUrl } = await provision(options);
  const right = await everySetting();
  await s3.send(
    new PutBucketNotificationConfigurationCommand({
      Bucket: names.rawBucket,
      NotificationConfiguration: {},
    }),
  );
  await sqs.send(
    new SetQueueAttributesCommand({
      QueueUrl: queueUrl,
      Attributes: { MessageRetentionPeriod: "60" },
    }),
  );
  const { resources } = await provision(options);
  expect(resources.map(({ settings }) => settings)).toEqual([
    ["notifications"],
    [],
    ["attributes"],
    [],
  ]);
  const { queue: _, ...others } = await everySetting();
  expect(others).toEqual({ raw: right.raw, processed: right.processed, dead: right.dead });
});

test("what others set on the same buckets and queues stays", async () => {
  const { queueUrl, queueArn } = await provision(options);
  const Bucket = names.rawBucket;
  const theirCors = { AllowedMethods: ["GET"], AllowedOrigins: ["https://theirs.example"] };
  const theirRule = {
    ID: "originals",
    Status: "Enabled" as const,
    Filter: { Prefix: "" },
    Expiration: { Days: 365 },
  };
  const theirEvents = {
    Id: "images",
    QueueArn: queueArn,
    Events: ["s3:ObjectCreated:*" as const],
    Filter: { Key: { FilterRules: [{ Name: "suffix" as const, Value: ".png" }] } },
  };
  await s3.send(
    new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules: [theirCors] } }),
  );
  await s3.send(
    new PutBucketLifecycleConfigurationCommand({
      Bucket,
      LifecycleConfiguration: { Rules: [theirRule] },
    }),
  );
  await s3.send(
    new PutBucketNotificationConfigurationCommand({
      Bucket,
      NotificationConfiguration: { QueueConfigurations: [theirEvents] },
    }),
  );
  const theirTag = { Key: "cost-center", Value: "42" };
  await s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet: [theirTag] } }));
  await sqs.send(new TagQueueCommand({ QueueUrl: queueUrl, Tags: { team: "video" } }));

  await provision(options);
  const { raw, queue } = await everySetting();
  const [cors, lifecycle, notifications, tags] = raw;
  expect(cors).toMatchObject({ CORSRules: [theirCors, { ID: "transpod-browsers" }] });
  expect(lifecycle).toMatchObject({
    Rules: [theirRule, { ID: "transpod-unfinished-uploads" }],
  });
  expect(notifications).toMatchObject({
    QueueConfigurations: [{ Id: "images" }, {}, {}, {}, {}],
  });
  expect(tags).toEqual({
    TagSet: [theirTag, { Key: "transpod:suffix", Value: names.suffix }],
  });
  expect(queue.tags).toEqual({ team: "video", "transpod:suffix": names.suffix });
});

test("origins of browsers stay as they are until others are said", async () => {
  const origins = async () => {
    const { CORSRules } = await s3.send(new GetBucketCorsCommand({ Bucket: names.rawBucket }));
    return CORSRules?.map(({ AllowedOrigins }) => AllowedOrigins);
  };
  await provision({ ...options, corsOrigins: ["https://a.example"] });
  await provision(options);
  expect(await origins()).toEqual([["https://a.example"]]);
  await provision({ ...options, corsOrigins: ["https://b.example"] });
  expect(await origins()).toEqual([["https://b.example"]]);
});

test("without TLS there is no rule that refuses requests without TLS", async () => {
  await provision(options);
  await expect(
    s3.send(new GetBucketPolicyCommand({ Bucket: names.rawBucket })),
  ).rejects.toMatchObject({ name: "NoSuchBucketPolicy" });
});

test("a bucket in another region is named with that region, and nothing is made", async () => {
  const elsewhere = createS3({ ...place, region: "eu-west-1" });
  await elsewhere.send(
    new CreateBucketCommand({
      Bucket: names.processedBucket,
      CreateBucketConfiguration: { LocationConstraint: "eu-west-1" },
    }),
  );
  await expect(provision(options)).rejects.toThrow(
    `The bucket ${names.processedBucket} is in eu-west-1, not in us-east-1. Use --region eu-west-1`,
  );
  await expect(queueSettings(names.queue)).rejects.toMatchObject({ name: "QueueDoesNotExist" });
});

test("a bucket of another account is nobody's to take, and nothing is made", async () => {
  const credentials = { accessKeyId: "111111111111", secretAccessKey: "theirs" };
  await createS3({ ...place, credentials }).send(
    new CreateBucketCommand({ Bucket: names.rawBucket }),
  );
  await expect(provision(options)).rejects.toThrow(
    `The bucket ${names.rawBucket} belongs to another AWS account`,
  );
  await expect(queueSettings(names.queue)).rejects.toMatchObject({ name: "QueueDoesNotExist" });
});

test("the queue is reached by the endpoint, whatever name its URL has", async () => {
  const { queueUrl } = await provision(options);
  const QueueUrl = queueUrl.replace(/\/\/[^/]+/, "//ministack.elsewhere.invalid:4566");
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "hello" }));
  expect(await drain(queueUrl)).toContain("hello");
});
