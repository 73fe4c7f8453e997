import { S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import getPort from "get-port";
import { onTestFinished } from "vitest";
import { startMiniStack, type MiniStackOptions, type MiniStackServer } from "./server.ts";

export const credentials = { accessKeyId: "transpod", secretAccessKey: "test-secret" };

/** For tests: clients of a MiniStack. */
export function clientsOf(endpoint: string) {
  const common = { endpoint, credentials, region: "us-east-1", maxAttempts: 1 };
  return { s3: new S3Client({ ...common, forcePathStyle: true }), sqs: new SQSClient(common) };
}

/** For tests: a MiniStack on a free port, stopped after the test. */
export async function startTestMiniStack(
  folder: string,
  more: Pick<MiniStackOptions, "services"> = {},
): Promise<MiniStackServer> {
  const port = await getPort({ host: "127.0.0.1" });
  const server = await startMiniStack({ folder, port, credentials, ...more });
  onTestFinished(() => server.stop());
  return server;
}
