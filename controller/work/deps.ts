import type { S3Client } from "@aws-sdk/client-s3";
import type { WorkAuthenticator } from "@transpod/contract/ports.ts";
import type { LaunchDeps } from "../launch/launcher.ts";

/** What the work protocol's operations need. All state is in Postgres: every replica can answer. */
export interface WorkDeps extends LaunchDeps {
  s3: S3Client;
  rawBucket: string;
  processedBucket: string;
  authenticator: WorkAuthenticator;
}
