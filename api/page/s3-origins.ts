import type { S3Client } from "@aws-sdk/client-s3";
import { bucketEndpoint } from "../bucket-endpoint.ts";

/** The origins of the presigned URLs for some buckets, which the page must be allowed to reach. */
export async function s3Origins(s3: S3Client, buckets: readonly string[]): Promise<string[]> {
  const endpoints = await Promise.all(buckets.map((bucket) => bucketEndpoint(s3, bucket)));
  return [...new Set(endpoints.map(({ url }) => url.origin))];
}
