import {
  GetBucketCorsCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketPolicyCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  PutBucketCorsCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketPolicyCommand,
  PutBucketTaggingCommand,
  PutBucketVersioningCommand,
  PutPublicAccessBlockCommand,
  type CORSRule,
  type GetBucketLifecycleConfigurationCommandOutput,
  type LifecycleRule,
  type S3Client,
} from "@aws-sdk/client-s3";
import { bucketArn, type ArnParts } from "../arn.ts";
import { unlessMissing } from "../errors.ts";
import { withStatement, type PolicyDocument } from "../policy/document.ts";
import { setting, upsert, type Setting } from "../setting.ts";
import { tagged, tagList, tagsIn, type Tags } from "../tags.ts";

const uploadsFromBrowsers = "transpod-browsers";
const unfinishedUploads = "transpod-unfinished-uploads";

export async function tagsOfBucket(s3: S3Client, bucket: string): Promise<Tags> {
  const asked = s3.send(new GetBucketTaggingCommand({ Bucket: bucket }));
  return tagsIn((await unlessMissing(asked, "NoSuchTagSet"))?.TagSet);
}

export function bucketTags(s3: S3Client, bucket: string, wanted: Tags): Setting {
  return tagged(wanted, {
    read: () => tagsOfBucket(s3, bucket),
    write: (tags) =>
      s3.send(new PutBucketTaggingCommand({ Bucket: bucket, Tagging: { TagSet: tagList(tags) } })),
  });
}

export function noPublicAccess(s3: S3Client, bucket: string): Setting {
  return setting("public access", {
    async read() {
      const asked = s3.send(new GetPublicAccessBlockCommand({ Bucket: bucket }));
      const found = await unlessMissing(asked, "NoSuchPublicAccessBlockConfiguration");
      return found?.PublicAccessBlockConfiguration;
    },
    next: () => ({
      BlockPublicAcls: true,
      IgnorePublicAcls: true,
      BlockPublicPolicy: true,
      RestrictPublicBuckets: true,
    }),
    write: (PublicAccessBlockConfiguration) =>
      s3.send(new PutPublicAccessBlockCommand({ Bucket: bucket, PublicAccessBlockConfiguration })),
  });
}

/** Without TLS the rule would refuse every request from then on: an emulator enforces it as AWS does. */
export async function speaksTls(s3: S3Client): Promise<boolean> {
  return (await s3.config.endpoint?.())?.protocol !== "http:";
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html */
export function tlsOnly(s3: S3Client, bucket: string, place: ArnParts): Setting {
  const arn = bucketArn(place, bucket);
  return setting<PolicyDocument>("policy", {
    async read() {
      const asked = s3.send(new GetBucketPolicyCommand({ Bucket: bucket }));
      const found = await unlessMissing(asked, "NoSuchBucketPolicy");
      return found?.Policy === undefined ? undefined : JSON.parse(found.Policy);
    },
    next: (current) =>
      withStatement(current, {
        Sid: "TranspodTlsOnly",
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: [arn, `${arn}/*`],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      }),
    write: (document) =>
      s3.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy: JSON.stringify(document) })),
  });
}

/**
 * Without `origins` those of an earlier run stay; the first default is any origin, since URLs must be
 * signed anyway.
 */
export function cors(s3: S3Client, bucket: string, origins: string[] | undefined): Setting {
  const isOurs = (rule: CORSRule) => rule.ID === uploadsFromBrowsers;
  return setting<CORSRule[]>("CORS", {
    async read() {
      const asked = s3.send(new GetBucketCorsCommand({ Bucket: bucket }));
      return (await unlessMissing(asked, "NoSuchCORSConfiguration"))?.CORSRules;
    },
    next: (current = []) =>
      upsert(
        current,
        {
          ID: uploadsFromBrowsers,
          AllowedOrigins: origins ?? current.find(isOurs)?.AllowedOrigins ?? ["*"],
          AllowedMethods: ["GET", "HEAD", "PUT"],
          AllowedHeaders: ["*"],
          // Browsers need it to upload in parts.
          ExposeHeaders: ["ETag"],
          MaxAgeSeconds: 3600,
        },
        isOurs,
      ),
    write: (CORSRules) =>
      s3.send(new PutBucketCorsCommand({ Bucket: bucket, CORSConfiguration: { CORSRules } })),
  });
}

/**
 * Parts of an upload that is never completed would stay, and be billed, for ever. Older versions are
 * kept: the source may be one of them (docs/adr/0010).
 */
export function lifecycle(s3: S3Client, bucket: string): Setting {
  const rule: LifecycleRule = {
    ID: unfinishedUploads,
    Status: "Enabled",
    Filter: { Prefix: "" },
    AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
  };
  type Lifecycle = Pick<
    GetBucketLifecycleConfigurationCommandOutput,
    "Rules" | "TransitionDefaultMinimumObjectSize"
  >;
  return setting<Lifecycle>("lifecycle", {
    async read() {
      const asked = s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket: bucket }));
      const found = await unlessMissing(asked, "NoSuchLifecycleConfiguration");
      if (found === undefined) return undefined;
      const { Rules, TransitionDefaultMinimumObjectSize } = found;
      return { Rules, TransitionDefaultMinimumObjectSize };
    },
    next: (current) => ({
      ...current,
      Rules: upsert(current?.Rules ?? [], rule, ({ ID }) => ID === unfinishedUploads),
    }),
    write: ({ Rules, ...others }) =>
      s3.send(
        new PutBucketLifecycleConfigurationCommand({
          Bucket: bucket,
          LifecycleConfiguration: { Rules },
          ...others,
        }),
      ),
  });
}

/** A second upload to the same key must not change the source of a running attempt. */
export function versioning(s3: S3Client, bucket: string): Setting {
  return setting("versioning", {
    read: async () => (await s3.send(new GetBucketVersioningCommand({ Bucket: bucket }))).Status,
    next: () => "Enabled" as const,
    write: (Status) =>
      s3.send(
        new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status } }),
      ),
  });
}
