import type { S3Client } from "@aws-sdk/client-s3";

/**
 * Where a bucket is, by the SDK's own rules: an emulator has its buckets in the path, AWS each in a host name of its
 * own.
 */
export async function bucketEndpoint(s3: S3Client, bucket: string) {
  const { config } = s3;
  const [Region, UseFIPS, UseDualStack, endpoint] = await Promise.all([
    config.region(),
    config.useFipsEndpoint(),
    config.useDualstackEndpoint(),
    config.endpoint?.(),
  ]);
  return config.endpointProvider({
    ...{ Bucket: bucket, Region, UseFIPS, UseDualStack },
    ...(endpoint === undefined ? {} : { Endpoint: addressOf(endpoint), ForcePathStyle: true }),
  });
}

type Endpoint = Awaited<ReturnType<NonNullable<S3Client["config"]["endpoint"]>>>;

function addressOf({ protocol, hostname, port, path }: Endpoint): string {
  return `${protocol}//${hostname}${port === undefined ? "" : `:${port}`}${path}`;
}
