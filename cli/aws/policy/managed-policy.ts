import {
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  DeletePolicyCommand,
  DeletePolicyVersionCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  ListEntitiesForPolicyCommand,
  ListPolicyVersionsCommand,
  TagPolicyCommand,
  type IAMClient,
  type Policy,
  type PolicyVersion,
} from "@aws-sdk/client-iam";
import type { Identity } from "../connect.ts";
import { unlessMissing } from "../errors.ts";
import type { ServicePolicy } from "./service-policies.ts";
import type { PolicyDocument } from "./document.ts";
import { resource, type Resource } from "../resource.ts";
import { ensureAll, setting, type Setting } from "../setting.ts";
import { tagged, tagList, tagsIn, type Tags } from "../tags.ts";

/**
 * The limit of IAM:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-versioning.html
 */
const maxVersions = 5;

export function policyArn({ partition, account }: Identity, name: string): string {
  return `arn:${partition}:iam::${account}:policy/${name}`;
}

/** The policy as IAM describes it, its tags included; undefined when there is none. */
export async function findPolicy(iam: IAMClient, arn: string): Promise<Policy | undefined> {
  const asked = iam.send(new GetPolicyCommand({ PolicyArn: arn }));
  return (await unlessMissing(asked, "NoSuchEntityException"))?.Policy;
}

/** Creates a policy, or adds a new version to an existing one when its document differs. */
export async function ensurePolicy(
  iam: IAMClient,
  arn: string,
  { name, description, document }: ServicePolicy,
  tags: Tags,
): Promise<Resource> {
  const found = await findPolicy(iam, arn);
  if (found === undefined) {
    await iam.send(
      new CreatePolicyCommand({
        PolicyName: name,
        PolicyDocument: JSON.stringify(document),
        Description: description,
        Tags: tagList(tags),
      }),
    );
    return resource("policy", name, true, []);
  }
  const changed = await ensureAll([
    tagged(tags, {
      read: async () => tagsIn(found.Tags),
      write: (all) => iam.send(new TagPolicyCommand({ PolicyArn: arn, Tags: tagList(all) })),
    }),
    policyDocument(iam, arn, found, document),
  ]);
  return resource("policy", name, false, changed);
}

function policyDocument(
  iam: IAMClient,
  arn: string,
  { DefaultVersionId }: Policy,
  wanted: PolicyDocument,
): Setting {
  return setting<PolicyDocument>("document", {
    async read() {
      const version = { PolicyArn: arn, VersionId: DefaultVersionId };
      const { PolicyVersion: found } = await iam.send(new GetPolicyVersionCommand(version));
      return JSON.parse(decodeURIComponent(found?.Document ?? "null"));
    },
    next: () => wanted,
    async write(document) {
      await makeRoom(iam, arn);
      await iam.send(
        new CreatePolicyVersionCommand({
          PolicyArn: arn,
          PolicyDocument: JSON.stringify(document),
          SetAsDefault: true,
        }),
      );
    },
  });
}

/** Deletes the oldest version when there are as many as IAM keeps. */
async function makeRoom(iam: IAMClient, arn: string): Promise<void> {
  const versions = await versionsOf(iam, arn);
  if (versions.length < maxVersions) return;
  const [oldest] = versions
    .filter(({ IsDefaultVersion }) => !IsDefaultVersion)
    .toSorted((a, b) => numberOf(a) - numberOf(b));
  await deleteVersion(iam, arn, oldest);
}

/** IAM counts: v1, v2, ... */
function numberOf({ VersionId = "" }: PolicyVersion): number {
  return Number(VersionId.slice(1));
}

async function versionsOf(iam: IAMClient, arn: string): Promise<PolicyVersion[]> {
  const asked = new ListPolicyVersionsCommand({ PolicyArn: arn });
  return (await iam.send(asked)).Versions ?? [];
}

async function deleteVersion(
  iam: IAMClient,
  arn: string,
  version: PolicyVersion | undefined,
): Promise<void> {
  const VersionId = version?.VersionId;
  await iam.send(new DeletePolicyVersionCommand({ PolicyArn: arn, VersionId }));
}

/** What the policy is attached to: `role transpod-api`. */
export async function attachmentsOf(iam: IAMClient, arn: string): Promise<string[]> {
  const asked = new ListEntitiesForPolicyCommand({ PolicyArn: arn });
  const { PolicyRoles = [], PolicyUsers = [], PolicyGroups = [] } = await iam.send(asked);
  return [
    ...PolicyRoles.map(({ RoleName }) => `role ${RoleName}`),
    ...PolicyUsers.map(({ UserName }) => `user ${UserName}`),
    ...PolicyGroups.map(({ GroupName }) => `group ${GroupName}`),
  ];
}

/** Deletes a policy that is not attached, with its versions. */
export async function deletePolicy(iam: IAMClient, arn: string): Promise<void> {
  for (const version of await versionsOf(iam, arn)) {
    if (!version.IsDefaultVersion) await deleteVersion(iam, arn, version);
  }
  await iam.send(new DeletePolicyCommand({ PolicyArn: arn }));
}
