import { PurgeQueueCommand, ReceiveMessageCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { beforeEach, expect, test, vi } from "vitest";
import { rawKey } from "@transpod/contract/object-keys.ts";
import { s3MessageFor } from "@transpod/contract/s3-event.ts";
import { freshAws, type TestAws } from "@transpod/test/harness.ts";
import { transpod } from "../testing.ts";

vi.setConfig({ testTimeout: 60_000 });

const fileId = "0b0f2c0e-6f0b-4e5e-9a53-0a3f6f4f8a11";
const good = s3MessageFor({
  bucket: "raw",
  key: rawKey("holiday.mp4", fileId),
  version_id: "v1",
  etag: "e",
  size_bytes: 5,
  event_time: null,
});

let aws: TestAws;
beforeEach(async () => {
  aws = await freshAws();
  // Of the test events that S3 sent when the bucket was connected.
  await aws.sqs.send(new PurgeQueueCommand({ QueueUrl: aws.queueUrl }));
});

const dlq = (...args: string[]) =>
  transpod(["dlq", ...args], {
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    SQS_QUEUE_URL: aws.queueUrl,
    SQS_ENDPOINT: aws.endpoint,
  });

const list = async (...args: string[]) => JSON.parse((await dlq("list", "--json", ...args)).stdout);

async function receive(queueUrl: string): Promise<string[]> {
  const request = { QueueUrl: queueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 0 };
  const { Messages = [] } = await aws.sqs.send(new ReceiveMessageCommand(request));
  return Messages.map(({ Body = "" }) => Body);
}

/** Sends messages and receives each until it is in the dead-letter queue. */
async function giveUpOn(...bodies: string[]): Promise<void> {
  for (const MessageBody of bodies) {
    await aws.sqs.send(new SendMessageCommand({ QueueUrl: aws.queueUrl, MessageBody }));
  }
  await vi.waitUntil(async () => (await receive(aws.queueUrl)).length === 0, 20_000);
}

test("what was received too often is listed with what it means, and stays", async () => {
  await giveUpOn("garbage", good);
  const expected = {
    total: 2,
    sample: false,
    messages: [
      { receive_count: 6, poison: true, file_ids: [], says: "can't be read: not JSON" },
      { receive_count: 6, poison: false, file_ids: [fileId], says: `file ${fileId}` },
    ],
  };
  expect(await list()).toMatchObject(expected);
  const { stdout } = await dlq("list");
  expect(stdout).toMatch(/^2 messages in the dead-letter queue:\n/);
  expect(stdout).toMatch(
    /^ {2}[-\w]+ {2}\d+ s old {2}received 7 times {2}can't be read: not JSON$/m,
  );
  expect((await receive(aws.deadLetterQueueUrl)).toSorted()).toEqual(["garbage", good].toSorted());
});

test("an empty one is said to be empty", async () => {
  expect((await dlq("list")).stdout).toBe("The dead-letter queue is empty.\n");
});

test("more than the limit is said to be a sample", async () => {
  await giveUpOn(...Array.from({ length: 13 }, (_, n) => `garbage ${n}`));
  expect((await list()).messages).toHaveLength(13);
  const { stdout } = await dlq("list", "--limit", "11");
  expect(stdout).toMatch(/^A sample: 11 of about 13 messages/);
});

test("redrive sends back what can be read, and leaves what would only come back", async () => {
  await giveUpOn("garbage", good);
  const { exitCode, stdout } = await dlq("redrive");
  expect({ exitCode, stdout }).toEqual({
    exitCode: 0,
    stdout:
      "Sent 1 back to the queue.\n" +
      "Left 1 that can't be read and would only come back. --all sends them too.\n",
  });
  expect(await receive(aws.queueUrl)).toEqual([good]);
  expect(await receive(aws.deadLetterQueueUrl)).toEqual(["garbage"]);
  expect(JSON.parse((await dlq("redrive", "--all", "--json")).stdout).sent).toHaveLength(1);
  expect((await receive(aws.queueUrl)).toSorted()).toEqual(["garbage", good].toSorted());
  expect(await receive(aws.deadLetterQueueUrl)).toEqual([]);
});

test("redrive sends back the chosen ones alone, and says which are not there", async () => {
  const other = good.replaceAll(fileId, "1b0f2c0e-6f0b-4e5e-9a53-0a3f6f4f8a12");
  await giveUpOn(good, other);
  const [chosen] = (await list()).messages as { message_id: string }[];
  const { exitCode, stdout, stderr } = await dlq("redrive", chosen!.message_id, "nobody");
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "Sent 1 back to the queue.\n" });
  expect(stderr).toMatch(/^Not in the dead-letter queue, .*: nobody\. /);
  expect(await receive(aws.queueUrl)).toEqual([good]);
  expect(await receive(aws.deadLetterQueueUrl)).toEqual([other]);
});

test("a queue that nobody made is a sentence", async () => {
  aws.queueUrl += "-elsewhere";
  const { exitCode, stderr } = await dlq("list");
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/^AWS answered with .*QueueDoesNotExist|^AWS answered with .*NonExistent/);
});
