import type { S3Client } from "@aws-sdk/client-s3";
import type { WorkAuthenticator } from "@transpod/contract/ports.ts";
import type { LaunchDeps } from "../launch/launcher.ts";

/**
 * The dependencies of the work protocol's operations. All state is in Postgres, so every replica can
 * answer.
 */
export interface WorkDeps extends LaunchDeps {
  s3: S3Client;
  rawBucket: string;
  processedBucket: string;
  authenticator: WorkAuthenticator;
}
