import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import { createS3 } from "@transpod/runtime/aws.ts";
import { readValues } from "./release.ts";
import { readSecret } from "./secrets.ts";

/** The bucket of results, from this machine. */
export async function openProcessedBucket() {
  const { aws } = await readValues();
  const { AWS_ACCESS_KEY_ID: accessKeyId = "", AWS_SECRET_ACCESS_KEY: secretAccessKey = "" } =
    await readSecret(aws.existingSecret);
  const credentials = { accessKeyId, secretAccessKey };
  const s3 = createS3({ region: aws.region, endpoint: aws.s3PublicEndpoint, credentials });
  return {
    async keys(prefix: string): Promise<string[]> {
      const list = new ListObjectsV2Command({ Bucket: aws.processedBucket, Prefix: prefix });
      return (await s3.send(list)).Contents?.map(({ Key = "" }) => Key) ?? [];
    },
    close: () => s3.destroy(),
  };
}
