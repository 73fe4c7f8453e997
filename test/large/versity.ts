import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  CreateBucketCommand,
  ListBucketsCommand,
  PutBucketVersioningCommand,
} from "@aws-sdk/client-s3";
import { execa } from "execa";
import getPort from "get-port";
import { vi } from "vitest";
import { startChild } from "@transpod/embedded/child.ts";
import { createS3 } from "@transpod/runtime/aws.ts";

const program = fileURLToPath(new URL("versitygw", import.meta.url));
export const buckets = { rawBucket: "large-raw", processedBucket: "large-processed" };

/**
 * S3 on the disk: MiniStack holds objects in memory, several times over. It sends no events, so the
 * sweep must find uploads.
 */
export async function startVersity(folder: string) {
  const { stdout: command } = await execa(program, { stderr: "inherit" });
  const [objects, versions] = [join(folder, "objects"), join(folder, "versions")];
  await Promise.all([objects, versions].map((path) => mkdir(path)));
  const port = await getPort({ host: "127.0.0.1" });
  const server = startChild({
    command,
    args: [
      ...["--port", `127.0.0.1:${port}`, "--access", "test", "--secret", "test", "--quiet"],
      ...["posix", "--versioning-dir", versions, objects],
    ],
    env: {},
  });
  const endpoint = `http://127.0.0.1:${port}`;
  const s3 = createS3({ region: "us-east-1", endpoint });
  await vi.waitFor(() => s3.send(new ListBucketsCommand()), { timeout: 30_000, interval: 100 });
  for (const Bucket of Object.values(buckets)) {
    await s3.send(new CreateBucketCommand({ Bucket }));
  }
  const VersioningConfiguration = { Status: "Enabled" as const };
  await s3.send(
    new PutBucketVersioningCommand({ Bucket: buckets.rawBucket, VersioningConfiguration }),
  );
  return {
    endpoint,
    async [Symbol.asyncDispose]() {
      s3.destroy();
      await server.stop();
    },
  };
}
