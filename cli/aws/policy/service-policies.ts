import { bucketArn, placeOf } from "../arn.ts";
import type { Names } from "../names.ts";
import type { PolicyDocument, PolicyStatement } from "./document.ts";

/** What IAM lets a service do. */
export interface ServicePolicy {
  name: string;
  description: string;
  document: PolicyDocument;
}

/**
 * Each service's policy: every action is one that its code uses, or signs a URL for. Who holds a
 * presigned URL may do what its signer may.
 */
export function servicePolicies(names: Names, queueArn: string): ServicePolicy[] {
  const place = placeOf(queueArn);
  const raw = bucketArn(place, names.rawBucket);
  const processed = bucketArn(place, names.processedBucket);
  return [
    {
      name: names.apiPolicy,
      description: "The API of Transpod: signs uploads and downloads",
      document: allow({
        // Readiness asks for both, and for the queue; and an object that is missing is 404, not 403.
        SeeBuckets: [["s3:ListBucket"], [raw, processed]],
        // s3:PutObject is all of an upload in parts but to see what is there, and to abort it.
        SignUploads: [
          ["s3:PutObject", "s3:ListMultipartUploadParts", "s3:AbortMultipartUpload"],
          [`${raw}/*`],
        ],
        SignDownloads: [["s3:GetObject"], [`${raw}/*`, `${processed}/*`]],
        // A file is the version that was accepted.
        SignDownloadsOfVersions: [["s3:GetObjectVersion"], [`${raw}/*`]],
        SeeQueue: [["sqs:GetQueueAttributes"], [queueArn]],
      }),
    },
    {
      name: names.controllerPolicy,
      description: "The controller of Transpod: reads uploads, publishes results, drains the queue",
      document: allow({
        // Without it S3 calls an upload that has not come 403, not 404.
        SeeWhatIsMissing: [["s3:ListBucket"], [raw]],
        ReadUploads: [["s3:GetObject", "s3:GetObjectVersion"], [`${raw}/*`]],
        // s3:PutObject is all of a multipart upload but its end without a result.
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
        // In place of the event that S3 did not send.
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
