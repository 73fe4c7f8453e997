import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreateUserCommand,
  IAMClient,
  PutUserPolicyCommand,
} from "@aws-sdk/client-iam";
import {
  AbortMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  PutBucketNotificationConfigurationCommand,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import {
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import getPort from "get-port";
import { beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { startApi } from "@transpod/api/api.ts";
import { readApiConfig } from "@transpod/api/config.ts";
import { readControllerSettings } from "@transpod/controller/config.ts";
import { startController } from "@transpod/controller/controller.ts";
import { ChildProcessJobs } from "@transpod/embedded/child-process-jobs.ts";
import { credentials as root, startTestMiniStack } from "@transpod/embedded/ministack/testing.ts";
import { temporaryFolder } from "@transpod/embedded/temporary-folder.ts";
import { queueCheck } from "@transpod/runtime/aws-checks.ts";
import { createS3, createSqs, type AwsCredentials } from "@transpod/runtime/aws.ts";
import { createLogger } from "@transpod/runtime/logger.ts";
import { createRegistry } from "@transpod/runtime/metrics.ts";
import { TranspodClient } from "@transpod/client/client.ts";
import { freshDatabase } from "@transpod/test/harness.ts";
import { parseArn } from "../arn.ts";
import { tlsOnly } from "../bucket/settings.ts";
import { namesFor } from "../names.ts";
import { provision } from "../provision.ts";
import { ensurePolicy, policyArn } from "./managed-policy.ts";
import { servicePolicies } from "./service-policies.ts";

/** The emulator checks every request against IAM, presigned ones too. */

vi.setConfig({ testTimeout: 60_000 });
const region = "us-east-1";
const loopback = "127.0.0.1";
const waitOptions = { timeout: 30_000, interval: 50 };
const names = namesFor("prod");
const { rawBucket, processedBucket } = names;
const worker = fileURLToPath(import.meta.resolve("@transpod/test/noop-worker.ts"));

interface Clients {
  credentials: AwsCredentials;
  s3: S3Client;
  sqs: SQSClient;
}

let endpoint: string;
let queueUrl: string;
let queueArn: string;
let admin: Clients;
let api: Clients;
let controller: Clients;

beforeEach(async () => {
  const services = ["s3", "sqs", "iam"];
  ({ endpoint } = await startTestMiniStack(temporaryFolder(), { services }));
  admin = clientsWith(root);
  const buckets = { rawBucket, processedBucket };
  ({ queueUrl, queueArn } = await provision({ ...admin, ...buckets, queueName: names.queue }));
  const iam = new IAMClient({ region, endpoint, credentials: root });
  const users = await Promise.all(
    servicePolicies(names, queueArn).map(async (policy) => {
      const arn = policyArn(parseArn(queueArn), policy.name);
      await ensurePolicy(iam, arn, policy, {});
      return clientsWith(await userWith(iam, policy.name, arn));
    }),
  );
  [api, controller] = users as [Clients, Clients];
  // The emulator has an action for each batch; AWS has sqs:DeleteMessage and sqs:SendMessage for both.
  const Action = ["sqs:DeleteMessageBatch", "sqs:SendMessageBatch"];
  await iam.send(
    new PutUserPolicyCommand({
      UserName: names.controllerPolicy,
      PolicyName: "batches",
      PolicyDocument: JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action, Resource: queueArn }],
      }),
    }),
  );
});

function clientsWith(credentials: AwsCredentials): Clients {
  const place = { region, endpoint, credentials };
  return { credentials, s3: createS3(place), sqs: createSqs(place) };
}

/** Credentials that may do what the policy says, and nothing else. */
async function userWith(iam: IAMClient, name: string, arn: string): Promise<AwsCredentials> {
  await iam.send(new CreateUserCommand({ UserName: name }));
  await iam.send(new AttachUserPolicyCommand({ UserName: name, PolicyArn: arn }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: name }));
  return {
    accessKeyId: AccessKey?.AccessKeyId ?? "",
    secretAccessKey: AccessKey?.SecretAccessKey ?? "",
  };
}

/** The real API and the real controller, each with its own policy and no other. */
async function startServices() {
  const database = await freshDatabase();
  onTestFinished(() => database.drop());
  const complaints: string[] = [];
  const destination = { write: (line: string) => void complaints.push(line) };
  const log = createLogger({ service: "test", level: "warn", destination });
  const config = readApiConfig({
    ...{ PORT: "0", HOST: loopback, DATABASE_URL: database.url, AWS_REGION: region },
    ...{ S3_ENDPOINT: endpoint, SQS_ENDPOINT: endpoint, SQS_QUEUE_URL: queueUrl },
    ...{ S3_RAW_BUCKET: rawBucket, S3_PROCESSED_BUCKET: processedBucket, AUTH: "off" },
  });
  const running = await startApi(config, { log, credentials: api.credentials });
  onTestFinished(() => running.stop());

  const workPort = await getPort({ host: loopback });
  const jobs = new ChildProcessJobs({
    ...{ workUrl: `http://${loopback}:${workPort}`, scratchDir: temporaryFolder() },
    ...{ cpusPerJob: 1, logLevel: "silent", onLine: () => {}, entryPoint: worker },
  });
  onTestFinished(() => jobs.stop());
  const settings = {
    ...readControllerSettings({}),
    ...{ sweepSeconds: 1, uploadEventGraceSeconds: 1, unknownUploadSeconds: 1 },
  };
  const { pool, url: databaseUrl } = database;
  const { s3, sqs } = controller;
  const leading = await startController(
    {
      ...{ pool, databaseUrl, s3, sqs, rawBucket, processedBucket, queueUrl },
      ...{ jobs, authenticator: jobs, settings, registry: createRegistry(), log },
    },
    { workPort, workHost: loopback, candidate: undefined },
  );
  onTestFinished(() => leading.stop());
  return { url: `http://${loopback}:${running.port}`, complaints };
}

async function json(response: Promise<Response>) {
  return (await (await response).json()) as Record<string, string>;
}

/** Announces a video by the API; `upload` puts it where the API says. */
async function announce(url: string) {
  const { file_id, upload_url = "" } = await json(
    fetch(`${url}/upload`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ file_name: "holiday.mov" }),
    }),
  );
  const file = `${url}/upload/${file_id}`;
  return {
    async upload() {
      expect((await fetch(upload_url, { method: "PUT", body: "video" })).status).toBe(200);
    },
    completed: () =>
      vi.waitFor(async () => {
        const { processing_status } = await json(fetch(`${file}/status`));
        expect(processing_status).toBe("completed");
      }, waitOptions),
    async delete() {
      expect((await fetch(file, { method: "DELETE" })).status).toBe(204);
    },
    async download(which: "original" | "processed"): Promise<string> {
      const { download_url = "" } = await json(fetch(`${file}/download/${which}`));
      return await (await fetch(download_url)).text();
    },
  };
}

test("with its policy each service does all of its work", async () => {
  const { url, complaints } = await startServices();
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
  await queueCheck(controller.sqs, queueUrl)(AbortSignal.timeout(5_000));

  const video = await announce(url);
  await video.upload();
  await video.completed();
  expect(await video.download("original")).toBe("video");
  expect(await video.download("processed")).toBe("transcoded");

  // The sweep asks S3 for an upload that does not come, and finds one without an event.
  await announce(url);
  await admin.s3.send(
    new PutBucketNotificationConfigurationCommand({
      Bucket: rawBucket,
      NotificationConfiguration: {},
    }),
  );
  const silent = await announce(url);
  await silent.upload();
  await silent.completed();

  await video.delete();
  await vi.waitFor(async () => {
    const objects = new ListObjectVersionsCommand({ Bucket: processedBucket });
    const { Versions = [] } = await admin.s3.send(objects);
    // What remains is the result of the other one.
    expect(Versions).toHaveLength(1);
  }, waitOptions);

  // As when two requests of one lease begin its upload at once.
  const Key = "twice.mov";
  const { UploadId } = await controller.s3.send(
    new CreateMultipartUploadCommand({ Bucket: processedBucket, Key }),
  );
  await controller.s3.send(
    new AbortMultipartUploadCommand({ Bucket: processedBucket, Key, UploadId }),
  );
  expect(complaints.filter((line) => !line.includes("upload_found_by_sweep"))).toEqual([]);
});

test("with its policy each service does its share of an upload in parts", async () => {
  const { url, complaints } = await startServices();
  const client = new TranspodClient(url);
  const path = join(temporaryFolder(), "holiday.mov");
  writeFileSync(path, "video");
  const { file_id, s3_key } = await client.announce(path);
  const multipart = `${url}/upload/${file_id}/multipart`;
  const ask = async (method: string) => (await fetch(multipart, { method })).status;
  expect([await ask("POST"), await ask("GET"), await ask("DELETE")]).toEqual([200, 200, 204]);
  await client.send(file_id, path, { inParts: true });
  await vi.waitFor(async () => {
    expect((await client.status(file_id)).processing_status).toBe("completed");
  }, waitOptions);

  const { file_id: cancelled } = await client.announce(path);
  await fetch(`${url}/upload/${cancelled}/multipart`, { method: "POST" });
  await fetch(`${url}/upload/${cancelled}/cancel`, { method: "POST" });
  // As if the process that began them had died.
  const unknown = [
    { Bucket: rawBucket, Key: s3_key },
    { Bucket: processedBucket, Key: `${file_id}/1-2.mov` },
  ];
  for (const key of unknown) await admin.s3.send(new CreateMultipartUploadCommand(key));
  await vi.waitFor(async () => {
    for (const Bucket of [rawBucket, processedBucket]) {
      const { Uploads = [] } = await admin.s3.send(new ListMultipartUploadsCommand({ Bucket }));
      expect(Uploads).toEqual([]);
    }
  }, waitOptions);
  expect(complaints.filter((line) => !line.includes("upload_found_by_sweep"))).toEqual([]);
});

const Key = "a.mov";
const put = (s3: S3Client, Bucket: string) =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body: "x" }));
const remove = (s3: S3Client, Bucket: string) => s3.send(new DeleteObjectCommand({ Bucket, Key }));

test("with its policy no service does anything else", async () => {
  const QueueUrl = queueUrl;
  const attempts = {
    "the API publishes a result": put(api.s3, processedBucket),
    "the API deletes an upload": remove(api.s3, rawBucket),
    "the API deletes a result": remove(api.s3, processedBucket),
    "the API takes a message": api.sqs.send(new ReceiveMessageCommand({ QueueUrl })),
    "the API sends a message": api.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "x" })),
    "the controller uploads": put(controller.s3, rawBucket),
    "the controller empties the queue": controller.sqs.send(new PurgeQueueCommand({ QueueUrl })),
  };
  const outcomes = await Promise.all(
    Object.entries(attempts).map(async ([name, attempt]) => [
      name,
      await attempt.then(
        () => "done",
        ({ name: error }: Error) => error.replace(/Exception$/, ""),
      ),
    ]),
  );
  expect(outcomes).toEqual(Object.keys(attempts).map((name) => [name, "AccessDenied"]));
});

test("TLS only: what comes without it is refused", async () => {
  await put(admin.s3, rawBucket);
  await api.s3.send(new GetObjectCommand({ Bucket: rawBucket, Key }));
  await tlsOnly(admin.s3, rawBucket, parseArn(queueArn)).ensure();
  await expect(api.s3.send(new GetObjectCommand({ Bucket: rawBucket, Key }))).rejects.toMatchObject(
    { name: "AccessDenied" },
  );
  await api.s3.send(new HeadBucketCommand({ Bucket: processedBucket }));
});
