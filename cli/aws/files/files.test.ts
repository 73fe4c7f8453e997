import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { expect, test } from "vitest";
import { temporaryFolder } from "@transpod/embedded/temporary-folder.ts";
import { awsEnvironment, readEnvironment } from "@transpod/runtime/environment.ts";
import type { Installation } from "../installation.ts";
import { namesFor } from "../names.ts";
import { environmentFile } from "./environment.ts";
import { openOwnFile } from "./own-file.ts";
import { helmValues } from "./values.ts";

const onAws: Installation = {
  names: namesFor("prod"),
  region: "eu-central-1",
  queueUrl: "https://sqs.eu-central-1.amazonaws.com/123456789012/transpod-prod",
  policyArns: [
    "arn:aws:iam::123456789012:policy/transpod-api-prod",
    "arn:aws:iam::123456789012:policy/transpod-controller-prod",
  ],
};
const inEmulator: Installation = {
  names: namesFor("dev"),
  region: "us-east-1",
  queueUrl: "http://localhost:4566/000000000000/transpod-dev",
  emulator: {
    endpoint: "http://localhost:4566",
    clusterEndpoint: "http://ministack.transpod-dev.svc:4566",
  },
  policyArns: [],
};
const withoutForce = { force: false };

test("the values file names what is on AWS, and where a role would go", () => {
  expect(helmValues(onAws)).toBe(`aws:
  region: "eu-central-1"
  rawBucket: "transpod-raw-prod"
  processedBucket: "transpod-processed-prod"
  queueUrl: "https://sqs.eu-central-1.amazonaws.com/123456789012/transpod-prod"

# With Pod Identity nothing more is needed here. With IRSA, a values file of your own names the
# roles that hold these policies:
#   arn:aws:iam::123456789012:policy/transpod-api-prod
#   arn:aws:iam::123456789012:policy/transpod-controller-prod
#
# serviceAccounts:
#   api:
#     annotations:
#       eks.amazonaws.com/role-arn: ...
#   controller:
#     annotations:
#       eks.amazonaws.com/role-arn: ...
`);
});

test("in an emulator pods get its name in the cluster, and clients the one outside", () => {
  expect(helmValues(inEmulator)).toBe(`aws:
  region: "us-east-1"
  rawBucket: "transpod-raw-dev"
  processedBucket: "transpod-processed-dev"
  queueUrl: "http://ministack.transpod-dev.svc:4566/000000000000/transpod-dev"
  s3Endpoint: "http://ministack.transpod-dev.svc:4566"
  s3PublicEndpoint: "http://localhost:4566"
  sqsEndpoint: "http://ministack.transpod-dev.svc:4566"
`);
});

test("the chart has every value that is written", () => {
  const file = new URL("../../../charts/transpod/values.schema.json", import.meta.url);
  const { properties } = JSON.parse(readFileSync(file, "utf8"));
  const written = [...helmValues(inEmulator).matchAll(/^ {2}(\w+):/gm)].map(([, key]) => key);
  expect(Object.keys(properties.aws.properties)).toEqual(expect.arrayContaining(written));
  expect(properties.serviceAccounts.properties).toMatchObject({
    api: expect.anything(),
    controller: expect.anything(),
  });
});

test.each([onAws, inEmulator])("services read the environment file ($region)", (installation) => {
  const { names, region, queueUrl, emulator } = installation;
  const read = readEnvironment(awsEnvironment, parseEnv(environmentFile(installation)));
  expect(read).toMatchObject({
    AWS_REGION: region,
    S3_RAW_BUCKET: names.rawBucket,
    S3_PROCESSED_BUCKET: names.processedBucket,
    SQS_QUEUE_URL: queueUrl,
  });
  expect(read.S3_PUBLIC_ENDPOINT).toBe(emulator?.endpoint);
  expect(read.SQS_ENDPOINT).toBe(emulator?.endpoint);
});

test("the template has the variables of the environment file, and reads as one", () => {
  const template = readFileSync(new URL("../../../.env.aws.template", import.meta.url), "utf8");
  expect(Object.keys(parseEnv(template))).toEqual(Object.keys(parseEnv(environmentFile(onAws))));
  readEnvironment(awsEnvironment, parseEnv(template));
});

test("a file is written, then left alone while it would be the same, then replaced", async () => {
  const path = join(temporaryFolder(), "values.yaml");
  const write = async (body: string) => (await openOwnFile(path, withoutForce)).write("me", body);
  expect(await write("one\n")).toBe(true);
  expect(await write("one\n")).toBe(false);
  expect(await write("two\n")).toBe(true);
  expect(readFileSync(path, "utf8")).toMatch(/^# Written by me; .*\ntwo\n$/);
});

test.each(["aws: {}\n", "", "# Written by hand (really)\naws: {}\n"])(
  "a file of somebody else is kept, unless by force (%j)",
  async (theirs) => {
    const path = join(temporaryFolder(), "values.yaml");
    writeFileSync(path, theirs);
    await expect(openOwnFile(path, withoutForce)).rejects.toMatchObject({ code: "file_kept" });
    expect(readFileSync(path, "utf8")).toBe(theirs);
    await (await openOwnFile(path, { force: true })).write("me", "mine\n");
    expect(readFileSync(path, "utf8")).toContain("mine");
  },
);

test("a file of ours that was edited is kept", async () => {
  const path = join(temporaryFolder(), "values.yaml");
  await (await openOwnFile(path, withoutForce)).write("me", "mine\n");
  writeFileSync(path, `${readFileSync(path, "utf8")}# and theirs\n`);
  await expect(openOwnFile(path, withoutForce)).rejects.toMatchObject({ code: "file_kept" });
});

test("a folder that is not there is a sentence", async () => {
  const path = join(temporaryFolder(), "no", "values.yaml");
  await expect(openOwnFile(path, withoutForce)).rejects.toMatchObject({
    code: "file_unusable",
    message: expect.stringContaining("values.yaml can't be written"),
  });
});
