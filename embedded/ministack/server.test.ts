import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  CreateBucketCommand,
  GetObjectCommand,
  type GetObjectCommandInput,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import {
  CreateQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import getPort from "get-port";
import { expect, test, vi } from "vitest";
import { temporaryFolder } from "../temporary-folder.ts";
import { startMiniStack } from "./server.ts";
import { clientsOf, credentials, startTestMiniStack } from "./testing.ts";

vi.setConfig({ testTimeout: 60_000 });
const serverModule = fileURLToPath(new URL("server.ts", import.meta.url));

/** Two versions of one object; returns the older one's version id. */
async function putTwoVersions(s3: S3Client): Promise<string | undefined> {
  const Bucket = "films";
  const VersioningConfiguration = { Status: "Enabled" } as const;
  await s3.send(new CreateBucketCommand({ Bucket }));
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
  const put = (Body: string) => s3.send(new PutObjectCommand({ Bucket, Key: "a.mp4", Body }));
  const { VersionId } = await put("first");
  await put("second");
  return VersionId;
}

async function read(s3: S3Client, which: Partial<GetObjectCommandInput>) {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: "films", Key: "a.mp4", ...which }));
  return Body?.transformToString();
}

async function sendMessage(sqs: SQSClient, body: string): Promise<void> {
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "events" }));
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: body }));
}

async function receiveMessage(sqs: SQSClient): Promise<string | undefined> {
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "events" }));
  const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 1 }));
  return Messages?.[0]?.Body;
}

test("nobody gets in without the credentials", async () => {
  const { endpoint } = await startTestMiniStack(temporaryFolder());
  await putTwoVersions(clientsOf(endpoint).s3);
  expect((await fetch(`${endpoint}/films/a.mp4`)).status).toBe(403);
});

test("objects, their versions and messages outlive a restart on another port", async () => {
  const folder = temporaryFolder();
  const first = await startTestMiniStack(folder);
  const version = await putTwoVersions(clientsOf(first.endpoint).s3);
  await sendMessage(clientsOf(first.endpoint).sqs, "hello");
  await first.stop();

  const { s3, sqs } = clientsOf((await startTestMiniStack(folder)).endpoint);
  expect(await read(s3, {})).toBe("second");
  expect(await read(s3, { VersionId: version })).toBe("first");
  expect(await receiveMessage(sqs)).toBe("hello");
});

test("objects and their versions outlive MiniStack's own death by SIGKILL", async () => {
  const folder = temporaryFolder();
  const killed = await startTestMiniStack(folder);
  const version = await putTwoVersions(clientsOf(killed.endpoint).s3);
  process.kill(Number(readFileSync(join(folder, "pid"), "utf8")), "SIGKILL");
  await killed.exited;

  const { s3 } = clientsOf((await startTestMiniStack(folder)).endpoint);
  expect(await read(s3, {})).toBe("second");
  expect(await read(s3, { VersionId: version })).toBe("first");
});

test("messages outlive the death of the process that started MiniStack, by SIGKILL", async () => {
  const folder = temporaryFolder();
  const port = await getPort({ host: "127.0.0.1" });
  const parent = spawn(process.execPath, [
    "--input-type=module",
    "-e",
    `import { startMiniStack } from ${JSON.stringify(serverModule)};
     await startMiniStack(${JSON.stringify({ folder, port, credentials })});
     console.log("started");`,
  ]);
  await once(parent.stdout, "data");
  const endpoint = `http://127.0.0.1:${port}`;
  await sendMessage(clientsOf(endpoint).sqs, "hello");
  parent.kill("SIGKILL");
  await expect.poll(() => fetch(endpoint).catch(() => "gone"), { timeout: 20_000 }).toBe("gone");
  await expect.poll(() => savedState(folder), { timeout: 20_000 }).toContain("hello");

  const { sqs } = clientsOf((await startTestMiniStack(folder)).endpoint);
  expect(await receiveMessage(sqs)).toBe("hello");
});

function savedState(folder: string): string {
  try {
    return readFileSync(join(folder, "state", "sqs.json"), "utf8");
  } catch {
    return "";
  }
}

test("a port that is taken is an error with a sentence", async () => {
  const { endpoint } = await startTestMiniStack(temporaryFolder());
  const port = Number(new URL(endpoint).port);
  await expect(startMiniStack({ folder: temporaryFolder(), port, credentials })).rejects.toThrow(
    /MiniStack did not start:.*Address already in use/,
  );
});
