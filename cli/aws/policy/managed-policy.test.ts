import {
  AttachUserPolicyCommand,
  CreatePolicyVersionCommand,
  CreateUserCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  IAMClient,
  ListPolicyVersionsCommand,
  TagPolicyCommand,
} from "@aws-sdk/client-iam";
import { beforeEach, expect, test, vi } from "vitest";
import { credentials, startTestMiniStack } from "@transpod/embedded/ministack/testing.ts";
import { temporaryFolder } from "@transpod/embedded/temporary-folder.ts";
import { deletePolicy, ensurePolicy, findPolicy, attachmentsOf } from "./managed-policy.ts";

vi.setConfig({ testTimeout: 60_000 });
const arn = "arn:aws:iam::000000000000:policy/transpod-api-prod";
const tags = { "transpod:suffix": "prod" };

let iam: IAMClient;
beforeEach(async () => {
  const { endpoint } = await startTestMiniStack(temporaryFolder(), { services: ["iam"] });
  iam = new IAMClient({ region: "us-east-1", endpoint, credentials });
});

function policyThatAllows(...Action: string[]) {
  const Statement = [{ Effect: "Allow" as const, Action, Resource: "*" }];
  const document = { Version: "2012-10-17", Statement };
  return { name: "transpod-api-prod", description: "of a test", document };
}

const ensure = (...actions: string[]) => ensurePolicy(iam, arn, policyThatAllows(...actions), tags);

async function inForce(): Promise<unknown> {
  const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn: arn }));
  const version = { PolicyArn: arn, VersionId: Policy?.DefaultVersionId };
  const { PolicyVersion } = await iam.send(new GetPolicyVersionCommand(version));
  return JSON.parse(decodeURIComponent(PolicyVersion?.Document ?? "")).Statement[0].Action;
}

async function versions(): Promise<(string | undefined)[]> {
  const { Versions = [] } = await iam.send(new ListPolicyVersionsCommand({ PolicyArn: arn }));
  return Versions.map(({ VersionId }) => VersionId);
}

test("a policy is made once, with its tags, and then left alone", async () => {
  expect((await ensure("s3:GetObject")).change).toBe("created");
  expect((await ensure("s3:GetObject")).change).toBe("unchanged");
  expect(await versions()).toEqual(["v1"]);
  expect((await findPolicy(iam, arn))?.Tags).toEqual([{ Key: "transpod:suffix", Value: "prod" }]);
});

test("a policy that says something else gets a new version, and tags of others stay", async () => {
  await ensure("s3:GetObject");
  const Tags = [{ Key: "team", Value: "video" }];
  await iam.send(new TagPolicyCommand({ PolicyArn: arn, Tags }));
  expect(await ensure("s3:PutObject")).toMatchObject({
    change: "updated",
    settings: ["document"],
  });
  expect(await inForce()).toEqual(["s3:PutObject"]);
  expect((await findPolicy(iam, arn))?.Tags).toHaveLength(2);
});

test("when there are as many versions as IAM keeps, the oldest that is not in force goes", async () => {
  await ensure("s3:GetObject");
  for (let count = 0; count < 4; count += 1) {
    await iam.send(
      new CreatePolicyVersionCommand({
        PolicyArn: arn,
        PolicyDocument: JSON.stringify(policyThatAllows(`s3:Get${count}`).document),
      }),
    );
  }
  await ensure("s3:PutObject");
  expect(await versions()).toEqual(["v1", "v3", "v4", "v5", "v6"]);
  expect(await inForce()).toEqual(["s3:PutObject"]);
  await ensure("s3:DeleteObject");
  expect(await versions()).toEqual(["v3", "v4", "v5", "v6", "v7"]);
});

test("a policy goes with all of its versions, but not while it is attached", async () => {
  await ensure("s3:GetObject");
  await ensure("s3:PutObject");
  await iam.send(new CreateUserCommand({ UserName: "somebody" }));
  expect(await attachmentsOf(iam, arn)).toEqual([]);
  await deletePolicy(iam, arn);
  expect(await findPolicy(iam, arn)).toBeUndefined();

  await ensure("s3:GetObject");
  await iam.send(new AttachUserPolicyCommand({ UserName: "somebody", PolicyArn: arn }));
  expect(await attachmentsOf(iam, arn)).toEqual(["user somebody"]);
  await expect(deletePolicy(iam, arn)).rejects.toMatchObject({ name: "DeleteConflictException" });
});
