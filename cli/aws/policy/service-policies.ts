import { bucketArn, parseArn } from "../arn.ts";
import type { Names } from "../names.ts";
import type { PolicyDocument, PolicyStatement } from "./document.ts";

/** The IAM policy of a service. */
export interface ServicePolicy {
  name: string;
  description: string;
  document: PolicyDocument;
}

/**
 * Each service's policy. Every action is one that its code uses, or signs a URL for: a presigned URL
 * has the permissions of its signer.
 */
export function servicePolicies(names: Names, queueArn: string): ServicePolicy[] {
  const place = parseArn(queueArn);
  const raw = bucketArn(place, names.rawBucket);
  const processed = bucketArn(place, names.processedBucket);
  return [
    {
      name: names.apiPolicy,
      description: "The API of Transpod: signs uploads and downloads",
      document: allow({
        // Readiness checks both, and the queue; and with it a missing object is a 404, not a 403.
        SeeBuckets: [["s3:ListBucket"], [raw, processed]],
        // s3:PutObject covers an upload in parts, except listing its parts and aborting it.
        SignUploads: [
          ["s3:PutObject", "s3:ListMultipartUploadParts", "s3:AbortMultipartUpload"],
          [`${raw}/*`],
        ],
        SignDownloads: [["s3:GetObject"], [`${raw}/*`, `${processed}/*`]],
        // Only the accepted version of an original is downloaded.
        SignDownloadsOfVersions: [["s3:GetObjectVersion"], [`${raw}/*`]],
        SeeQueue: [["sqs:GetQueueAttributes"], [queueArn]],
      }),
    },
    {
      name: names.controllerPolicy,
      description: "The controller of Transpod: reads uploads, publishes results, drains the queue",
      document: allow({
        // Without it a missing upload is a 403, not a 404.
        SeeWhatIsMissing: [["s3:ListBucket"], [raw]],
        ReadUploads: [["s3:GetObject", "s3:GetObjectVersion"], [`${raw}/*`]],
        // s3:PutObject covers a multipart upload, except aborting it.
        PublishResults: [["s3:PutObject", "s3:GetObject"], [`${processed}/*`]],
        // All versions and uploads of deleted files, and multipart uploads that are in no row.
        FindWhatToDelete: [
          ["s3:ListBucketVersions", "s3:ListBucketMultipartUploads"],
          [raw, processed],
        ],
        DeleteFiles: [
          ["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:AbortMultipartUpload"],
          [`${raw}/*`, `${processed}/*`],
        ],
        DrainQueue: [["sqs:ReceiveMessage", "sqs:DeleteMessage"], [queueArn]],
        // To send the event that S3 did not send.
        AnnounceFoundUploads: [["sqs:SendMessage"], [queueArn]],
        SeeQueue: [["sqs:GetQueueAttributes"], [queueArn]],
      }),
    },
  ];
}

/** By the name of each statement: actions and resources. */
function allow(statements: Record<string, [actions: string[], resources: string[]]>) {
  return {
    Version: "2012-10-17",
    Statement: Object.entries(statements).map(([Sid, [Action, Resource]]): PolicyStatement => ({
      Sid,
      Effect: "Allow",
      Action,
      Resource,
    })),
  };
}
