import {
  AbortMultipartUploadCommand,
  CreateMultipartUploadCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import type { AttemptRef, LeaseRef } from "@transpod/contract/job-identity.ts";
import { contentTypes, processedKey, videoExtension } from "@transpod/contract/object-keys.ts";
import type { PartsRequest, PartsResponse } from "@transpod/contract/work-protocol.ts";
import { crashPoint } from "@transpod/runtime/crash-point.ts";
import { deleteObjects } from "@transpod/runtime/delete-objects.ts";
import { keepUpload, type LeaseRow } from "@transpod/store/work.ts";
import type { WorkDeps } from "./deps.ts";
import { FencedError } from "./fenced.ts";
import { requireLease } from "./require-lease.ts";

interface Upload {
  upload_id: string;
  upload_key: string;
}

/** Signs URLs for parts of the output. The first call of a lease begins its multipart upload. */
export async function signParts(
  deps: WorkDeps,
  ref: AttemptRef,
  { lease, part_numbers }: PartsRequest,
): Promise<PartsResponse> {
  const upload = await uploadOf(deps, { ...ref, lease });
  const parts = await Promise.all(
    part_numbers.map(async (part_number) => {
      const part = new UploadPartCommand({
        Bucket: deps.processedBucket,
        Key: upload.upload_key,
        UploadId: upload.upload_id,
        PartNumber: part_number,
      });
      const url = await getSignedUrl(deps.s3, part, { expiresIn: deps.settings.workUrlSeconds });
      return { part_number, url };
    }),
  );
  return { parts };
}

async function uploadOf(deps: WorkDeps, ref: LeaseRef): Promise<Upload> {
  const row = await requireLease(deps, ref);
  const kept =
    uploadIn(row) ?? (await beginUpload(deps, ref, row)) ?? uploadIn(await requireLease(deps, ref));
  if (kept === undefined) throw new FencedError(ref);
  return kept;
}

function uploadIn({ upload_id, upload_key }: LeaseRow): Upload | undefined {
  return upload_id === null || upload_key === null ? undefined : { upload_id, upload_key };
}

/** Undefined when another request of the same lease was faster; ours is aborted then. */
async function beginUpload(
  deps: WorkDeps,
  ref: LeaseRef,
  { s3_key, earlier_upload_key }: LeaseRow,
): Promise<Upload | undefined> {
  // It may be a whole object, if a controller died while it published that. Our upload takes its place in the row.
  if (earlier_upload_key !== null) {
    await deleteObjects(deps.s3, { bucket: deps.processedBucket, key: earlier_upload_key });
  }
  const extension = videoExtension(s3_key) ?? ".mp4";
  const upload_key = processedKey(ref.fileId, ref.attempt, ref.lease, extension);
  const target = { Bucket: deps.processedBucket, Key: upload_key };
  const { UploadId: upload_id } = await deps.s3.send(
    new CreateMultipartUploadCommand({ ...target, ContentType: contentTypes[extension] }),
  );
  if (upload_id === undefined) throw new Error("S3 began a multipart upload without an id");
  crashPoint("upload_begun");
  if (await keepUpload(deps.pool, ref, { upload_id, upload_key })) return { upload_id, upload_key };
  await deps.s3.send(new AbortMultipartUploadCommand({ ...target, UploadId: upload_id }));
  return undefined;
}
