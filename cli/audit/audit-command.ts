import { createS3 } from "@transpod/runtime/aws.ts";
import { awsEnvironment, integer, readEnvironment } from "@transpod/runtime/environment.ts";
import { TranspodError } from "@transpod/contract/errors.ts";
import type { Finding } from "@transpod/store/audit-findings.ts";
import { z } from "zod";
import { explain } from "../aws/explain.ts";
import { withDatabase } from "../database.ts";
import type { Terminal } from "../terminal.ts";
import { audit } from "./audit.ts";
import type { AuditOptions } from "./options.ts";
import { readJobs } from "./read-jobs.ts";

/** With the defaults of the controller. */
const controller = z.object({
  MAX_RUNNING_JOBS: integer({ min: 1 }).default(10),
  HEARTBEAT_SECONDS: integer({ min: 1 }).default(10),
  START_SECONDS: integer({ min: 1 }).default(600),
});

const buckets = awsEnvironment.pick({
  AWS_REGION: true,
  S3_ENDPOINT: true,
  S3_RAW_BUCKET: true,
  S3_PROCESSED_BUCKET: true,
});

export async function auditCommand(options: AuditOptions, terminal: Terminal): Promise<void> {
  const env = readEnvironment(controller, process.env);
  const place = options.buckets ? readEnvironment(buckets, process.env) : undefined;
  const limits = {
    maxRunningJobs: env.MAX_RUNNING_JOBS,
    silenceSeconds: 6 * env.HEARTBEAT_SECONDS,
    startSeconds: env.START_SECONDS,
    settleSeconds: options.settle,
  };
  const jobs = options.jobs === undefined ? undefined : await readJobs(options.jobs);
  await withDatabase(async (pool) => {
    const objects = place && {
      s3: createS3({ region: place.AWS_REGION, endpoint: place.S3_ENDPOINT }),
      raw: place.S3_RAW_BUCKET,
      processed: place.S3_PROCESSED_BUCKET,
    };
    const read = audit({ pool, buckets: objects, jobs, limits }, (step) => terminal.status(step));
    const findings = await read.catch((error: unknown) => {
      throw explain(error, place?.S3_ENDPOINT);
    });
    tell(findings, terminal);
  });
}

function tell(findings: readonly Finding[], terminal: Terminal): void {
  const lines = findings.map(
    ({ severity, file_id, sentence, invariant }) =>
      `${severity}: ${file_id === null ? "" : `file ${file_id}: `}${sentence} (${invariant})`,
  );
  const errors = findings.filter(({ severity }) => severity === "error").length;
  const summary = errors === 0 ? "Nothing is wrong." : [];
  terminal.result([...lines, summary].flat(), { ok: errors === 0, findings });
  if (errors === 0) return;
  throw new TranspodError(
    "audit_failed",
    errors === 1 ? "One thing is wrong." : `${errors} things are wrong.`,
  );
}
