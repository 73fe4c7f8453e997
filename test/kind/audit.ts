import { transpod } from "@transpod/cli/testing.ts";
import type { Finding } from "@transpod/store/audit-findings.ts";
import { ours } from "./cluster.ts";
import type { Database } from "./database.ts";
import { readValues } from "./release.ts";
import { readSecret } from "./secrets.ts";
import { kubectl } from "./tools.ts";

/** The findings of `transpod audit` in the installation's database, its buckets and its Jobs. */
export async function audit(database: Database): Promise<Finding[]> {
  const { aws } = await readValues();
  const jobs = await kubectl(["get", "jobs", "-l", ours, "-o", "json"]);
  const env = {
    ...(await readSecret(aws.existingSecret)),
    DATABASE_URL: database.url,
    AWS_REGION: aws.region,
    S3_ENDPOINT: aws.s3PublicEndpoint,
    S3_RAW_BUCKET: aws.rawBucket,
    S3_PROCESSED_BUCKET: aws.processedBucket,
  };
  const { stdout } = await transpod(["audit", "--jobs", "-", "--json"], env, jobs);
  const { findings } = JSON.parse(stdout) as { findings: Finding[] };
  return findings.filter(({ severity }) => severity === "error");
}
