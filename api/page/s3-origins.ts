import type { S3Client } from "@aws-sdk/client-s3";

/**
 * The origins of the presigned URLs for some buckets, which the page must be allowed to reach. The SDK's own rules say
 * where a bucket is: an emulator has one origin for all, AWS one for each bucket.
 */
export async function s3Origins(s3: S3Client, buckets: readonly string[]): Promise<string[]> {
  const { config } = s3;
  const [Region, UseFIPS, UseDualStack, endpoint] = await Promise.all([
    config.region(),
    config.useFipsEndpoint(),
    config.useDualstackEndpoint(),
    config.endpoint?.(),
  ]);
  const port = endpoint?.port === undefined ? "" : `:${endpoint.port}`;
  const origins = buckets.map((Bucket) => {
    const { url } = config.endpointProvider({
      ...{ Bucket, Region, UseFIPS, UseDualStack },
      ...(endpoint === undefined
        ? {}
        : { Endpoint: `${endpoint.protocol}//${endpoint.hostname}${port}`, ForcePathStyle: true }),
    });
    return url.origin;
  });
  return [...new Set(origins)];
}
