import { readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreatePolicyVersionCommand,
  CreateUserCommand,
  IAMClient,
  PutUserPolicyCommand,
} from "@aws-sdk/client-iam";
import {
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { ListQueuesCommand } from "@aws-sdk/client-sqs";
import getPort from "get-port";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { startMiniStack, type MiniStackServer } from "@transpod/embedded/ministack/server.ts";
import { credentials } from "@transpod/embedded/ministack/testing.ts";
import { temporaryFolder } from "@transpod/embedded/temporary-folder.ts";
import { createS3, createSqs } from "@transpod/runtime/aws.ts";
import { freshSuffix, startCommand, transpod, transpodOnTerminal } from "../testing.ts";

vi.setConfig({ testTimeout: 120_000 });

let folder: string;
let server: MiniStackServer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "transpod-test-aws-"));
  const port = await getPort({ host: "127.0.0.1" });
  const services = ["s3", "sqs", "iam", "sts"];
  server = await startMiniStack({ folder, port, credentials, services });
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

const place = () => ({ region: "us-east-1", endpoint: server.endpoint, credentials });
const s3 = () => createS3(place());
const environment = {
  AWS_ACCESS_KEY_ID: credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
};

const fourTimesUnchanged = Array.from({ length: 4 }, () => ({ change: "unchanged" }));

/** `transpod aws VERB SUFFIX` in the emulator. */
const aws = (verb: string, suffix: string, ...options: string[]) =>
  transpod(["aws", verb, suffix, "--endpoint", server.endpoint, ...options], environment);

/** The names of all resources in the emulator with a suffix. */
async function existing(suffix: string): Promise<string[]> {
  const { Buckets = [] } = await s3().send(new ListBucketsCommand());
  const { QueueUrls = [] } = await createSqs(place()).send(new ListQueuesCommand());
  return [
    ...Buckets.map(({ Name = "" }) => Name),
    ...QueueUrls.map((url) => url.split("/").at(-1) ?? ""),
  ].filter((name) => name.includes(suffix));
}

test("init tells what it made; a second time, that all of it was there", async () => {
  const suffix = freshSuffix();
  const first = await aws("init", suffix);
  expect(first).toMatchObject({ exitCode: 0, stderr: "" });
  expect(first.stdout.split("\n").slice(0, 6)).toEqual([
    `transpod-${suffix} in the emulator at ${server.endpoint}:`,
    `  created  bucket  transpod-raw-${suffix}`,
    `  created  bucket  transpod-processed-${suffix}`,
    `  created  queue   transpod-${suffix}`,
    `  created  queue   transpod-${suffix}-dead`,
    "No IAM policies were created.",
  ]);
  expect(first.stdout).toContain(`  rawBucket: "transpod-raw-${suffix}"\n`);

  const { stdout } = await aws("init", suffix, "--json");
  expect(JSON.parse(stdout)).toMatchObject({
    suffix,
    region: "us-east-1",
    raw_bucket: `transpod-raw-${suffix}`,
    processed_bucket: `transpod-processed-${suffix}`,
    queue_url: `${server.endpoint}/000000000000/transpod-${suffix}`,
    dead_letter_queue_url: `${server.endpoint}/000000000000/transpod-${suffix}-dead`,
    policy_arns: [],
    resources: fourTimesUnchanged,
  });
});

test("init writes the files that are asked for, and names the pods' way to the emulator", async () => {
  const suffix = freshSuffix();
  const [values, env] = [join(temporaryFolder(), "values.yaml"), join(temporaryFolder(), ".env")];
  const cluster = "http://ministack.transpod-dev.svc:4566";
  const files = ["--values", values, "--env", env, "--cluster-endpoint", cluster];
  const { stdout } = await aws("init", suffix, ...files);
  expect(stdout).toContain(`  wrote    file    ${values}\n  wrote    file    ${env}\n`);
  expect(readFileSync(values, "utf8")).toContain(
    `  queueUrl: "${cluster}/000000000000/transpod-${suffix}"\n` +
      `  s3Endpoint: "${cluster}"\n  s3PublicEndpoint: "${server.endpoint}"\n`,
  );
  expect(readFileSync(env, "utf8")).toContain(`S3_ENDPOINT=${server.endpoint}\n`);
  expect((await aws("init", suffix, ...files)).stdout).toContain(`  unchanged  file    ${values}`);
});

test("init with policies makes them once, tells their ARNs, and says the next steps", async () => {
  const suffix = freshSuffix();
  const arns = [
    `arn:aws:iam::000000000000:policy/transpod-api-${suffix}`,
    `arn:aws:iam::000000000000:policy/transpod-controller-${suffix}`,
  ];
  const first = JSON.parse((await aws("init", suffix, "--policies", "--json")).stdout);
  expect(first).toMatchObject({ account: "000000000000", policy_arns: arns });
  const { stdout } = await aws("init", suffix, "--policies");
  expect(stdout).toContain(`  unchanged  policy  transpod-controller-${suffix}\n`);
});

test("a file of somebody else is kept, and then nothing is made", async () => {
  const suffix = freshSuffix();
  const values = join(temporaryFolder(), "values.yaml");
  writeFileSync(values, "api: {}\n");
  const { exitCode, stderr } = await aws("init", suffix, "--values", values);
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(
    /values\.yaml was not written by this command, or was edited since.*--force/,
  );
  expect(await existing(suffix)).toEqual([]);
  expect((await aws("init", suffix, "--values", values, "--force")).exitCode).toBe(0);
});

test("init that was killed in the middle is finished by the next", async () => {
  const suffix = freshSuffix();
  const running = startCommand(["aws", "init", suffix, "--endpoint", server.endpoint], environment);
  await vi.waitUntil(async () => (await existing(suffix)).length > 0, {
    timeout: 20_000,
    interval: 1,
  });
  running.kill();
  await running.ended;
  expect((await aws("init", suffix)).exitCode).toBe(0);
  const { stdout } = await aws("init", suffix, "--json");
  expect(JSON.parse(stdout).resources).toMatchObject(fourTimesUnchanged);
});

test("without credentials, with unknown ones, or with another account's, nothing is made", async () => {
  const suffix = freshSuffix();
  const init = ["aws", "init", suffix, "--endpoint", server.endpoint];
  const none = await transpod(init);
  expect(none).toMatchObject({ exitCode: 1, stdout: "" });
  expect(none.stderr).toMatch(/^There are no AWS credentials\. Set AWS_ACCESS_KEY_ID/);

  const unknown = await transpod([...init, "--json"], {
    ...environment,
    AWS_ACCESS_KEY_ID: "nobody",
  });
  expect(unknown.exitCode).toBe(1);
  expect(JSON.parse(unknown.stderr)).toEqual({
    code: "unknown_credentials",
    detail: expect.stringContaining("AWS rejects these credentials"),
  });

  const other = await aws("init", suffix, "--account", "123456789012");
  expect(other.exitCode).toBe(1);
  expect(other.stderr).toContain("to the AWS account 000000000000, not to 123456789012");
  expect(await existing(suffix)).toEqual([]);
});

test("a permission that is missing is named", async () => {
  const suffix = freshSuffix();
  const iam = new IAMClient(place());
  await iam.send(new CreateUserCommand({ UserName: suffix }));
  const { AccessKey: key } = await iam.send(new CreateAccessKeyCommand({ UserName: suffix }));
  const { exitCode, stderr } = await transpod(
    ["aws", "init", suffix, "--endpoint", server.endpoint, "--policies"],
    { AWS_ACCESS_KEY_ID: key?.AccessKeyId, AWS_SECRET_ACCESS_KEY: key?.SecretAccessKey },
  );
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/s3:ListBucket/);
});

test("what docs/eks.md grants is enough to init, to mend and to destroy", async () => {
  const guide = readFileSync(new URL("../../docs/eks.md", import.meta.url), "utf8");
  const PolicyDocument = /```json\n(.*?)```/s.exec(guide)?.[1];
  const iam = new IAMClient(place());
  const UserName = freshSuffix();
  await iam.send(new CreateUserCommand({ UserName }));
  await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: "documented", PolicyDocument }));
  // The emulator does not see which policy is to be created.
  await iam.send(
    new PutUserPolicyCommand({
      UserName,
      PolicyName: "emulator",
      PolicyDocument: JSON.stringify({
        Version: "2012-10-17",
        Statement: { Effect: "Allow", Action: "iam:CreatePolicy", Resource: "*" },
      }),
    }),
  );
  const { AccessKey: key } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  const documented = {
    AWS_ACCESS_KEY_ID: key?.AccessKeyId,
    AWS_SECRET_ACCESS_KEY: key?.SecretAccessKey,
  };
  const asDocumented = (...args: string[]) =>
    transpod(["aws", ...args, "--endpoint", server.endpoint, "--policies"], documented);

  expect(await asDocumented("init", "prod")).toMatchObject({ exitCode: 0, stderr: "" });
  const PolicyArn = "arn:aws:iam::000000000000:policy/transpod-api-prod";
  const nothing = JSON.stringify({
    Version: "2012-10-17",
    Statement: { Effect: "Deny", Action: "*", Resource: "*" },
  });
  for (let count = 0; count < 4; count += 1) {
    const version = { PolicyArn, PolicyDocument: nothing, SetAsDefault: true };
    await iam.send(new CreatePolicyVersionCommand(version));
  }
  const mended = await asDocumented("init", "prod");
  expect(mended.stdout).toContain("  updated    policy  transpod-api-prod (document)\n");

  const Bucket = "transpod-raw-prod";
  await s3().send(new PutObjectCommand({ Bucket, Key: "a.mp4", Body: "x" }));
  await s3().send(new CreateMultipartUploadCommand({ Bucket, Key: "b.mp4" }));
  expect(await asDocumented("destroy", "prod", "--yes")).toMatchObject({ exitCode: 0, stderr: "" });
});

test("an emulator that is not there is a sentence", async () => {
  const endpoint = `http://127.0.0.1:${await getPort({ host: "127.0.0.1" })}`;
  const { exitCode, stderr } = await transpod(
    ["aws", "destroy", "dev", "--endpoint", endpoint, "--yes"],
    environment,
  );
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(`Nothing answers at ${endpoint}. Start the emulator`);
});

/** An installation with two versions of an object, a delete marker and an unfinished upload. */
async function installationInUse(): Promise<string> {
  const suffix = freshSuffix();
  await aws("init", suffix, "--policies");
  const Bucket = `transpod-raw-${suffix}`;
  for (const Body of ["one", "two"]) {
    await s3().send(new PutObjectCommand({ Bucket, Key: "a.mp4", Body }));
  }
  await s3().send(new DeleteObjectCommand({ Bucket, Key: "a.mp4" }));
  await s3().send(new CreateMultipartUploadCommand({ Bucket, Key: "b.mp4" }));
  return suffix;
}

test("destroy deletes all of it, old versions and unfinished uploads too; then there is nothing", async () => {
  const suffix = await installationInUse();
  const { exitCode, stdout } = await aws("destroy", suffix, "--policies", "--yes");
  expect({ exitCode, stdout }).toEqual({
    exitCode: 0,
    stdout: [
      `  deleted  bucket  transpod-raw-${suffix}`,
      `  deleted  bucket  transpod-processed-${suffix}`,
      `  deleted  queue   transpod-${suffix}`,
      `  deleted  queue   transpod-${suffix}-dead`,
      `  deleted  policy  transpod-api-${suffix}`,
      `  deleted  policy  transpod-controller-${suffix}`,
      "",
    ].join("\n"),
  });
  expect(await existing(suffix)).toEqual([]);

  const again = await aws("destroy", suffix, "--policies", "--yes");
  expect(again.stdout).toMatch(`There are no resources of ${suffix} in the emulator`);
  expect(again.exitCode).toBe(0);
});

test("destroy deletes what an earlier one left", async () => {
  const suffix = await installationInUse();
  await aws("destroy", suffix, "--yes", "--no-policies");
  const { stdout } = await aws("destroy", suffix, "--policies", "--yes", "--json");
  expect(JSON.parse(stdout).deleted).toEqual([
    { kind: "policy", name: `transpod-api-${suffix}` },
    { kind: "policy", name: `transpod-controller-${suffix}` },
  ]);
});

test("destroy asks nobody where there is no terminal: it wants --yes", async () => {
  const suffix = freshSuffix();
  await aws("init", suffix);
  const { exitCode, stderr } = await aws("destroy", suffix);
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(
    /Nothing was deleted, because there is no terminal to ask for confirmation\. Use --yes/,
  );
  expect(await existing(suffix)).toHaveLength(4);
});

test("destroy leaves alone what has its name and not its tag, and everything else too", async () => {
  const suffix = freshSuffix();
  await aws("init", suffix);
  await aws("destroy", suffix, "--yes");
  await s3().send(new CreateBucketCommand({ Bucket: `transpod-raw-${suffix}` }));
  const { exitCode, stderr } = await aws("destroy", suffix, "--yes");
  expect(exitCode).toBe(1);
  expect(stderr).toContain(`the tag transpod:suffix=${suffix} is missing on the bucket`);
  expect(stderr).toContain(`"transpod aws init ${suffix}" adds the tag`);
  expect(await existing(suffix)).toHaveLength(1);
});

test("destroy keeps everything while a policy is attached, and says to whom", async () => {
  const suffix = freshSuffix();
  const made = JSON.parse((await aws("init", suffix, "--policies", "--json")).stdout);
  const iam = new IAMClient(place());
  await iam.send(new CreateUserCommand({ UserName: suffix }));
  const [PolicyArn] = made.policy_arns;
  await iam.send(new AttachUserPolicyCommand({ UserName: suffix, PolicyArn }));
  const { exitCode, stderr } = await aws("destroy", suffix, "--policies", "--yes");
  expect(exitCode).toBe(1);
  expect(stderr).toContain(`the policy transpod-api-${suffix} is attached to user ${suffix}`);
  await s3().send(new HeadBucketCommand({ Bucket: `transpod-raw-${suffix}` }));
  expect((await aws("destroy", suffix, "--no-policies", "--yes")).exitCode).toBe(0);
});

test("on a terminal destroy asks for the suffix", async () => {
  const suffix = freshSuffix();
  await aws("init", suffix);
  const destroy = ["aws", "destroy", suffix, "--endpoint", server.endpoint];
  const question = `Type ${suffix} to delete`;
  const answered = (answer: string) =>
    transpodOnTerminal(destroy, { question, answer, env: environment });

  const refused = await answered("yes\r");
  expect(refused.exitCode).toBe(1);
  expect(refused.screen).toContain(`Nothing was deleted: the answer was not "${suffix}".`);
  expect(refused.screen).toContain(`  bucket  transpod-raw-${suffix}`);

  const cancelled = await answered("\u0003");
  expect(cancelled.exitCode).toBe(130);
  expect((await answered("\u0004")).exitCode).toBe(130);
  expect(await existing(suffix)).toHaveLength(4);

  const confirmed = await answered(`${suffix}\r`);
  expect(confirmed.exitCode).toBe(0);
  expect(confirmed.screen).toContain(`deleted  queue   transpod-${suffix}`);
  expect(await existing(suffix)).toEqual([]);
});
