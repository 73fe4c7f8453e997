import type pg from "pg";
import { z } from "zod";
import { TranspodError } from "@transpod/contract/errors.ts";
import { createS3 } from "@transpod/runtime/aws.ts";
import { awsEnvironment, integer, readEnvironment } from "@transpod/runtime/environment.ts";
import type { Finding } from "@transpod/store/audit.ts";
import { createPool } from "@transpod/store/database.ts";
import { explain } from "../aws/explain.ts";
import { databaseUrl, describeDatabase, explainSilence } from "../database.ts";
import type { Terminal } from "../terminal.ts";
import { audit } from "./audit.ts";
import type { AuditOptions } from "./command.ts";

/** Their defaults are the controller's own. */
const database = z.object({
  DATABASE_URL: databaseUrl,
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
  const env = readEnvironment(database, process.env);
  const place = options.buckets ? readEnvironment(buckets, process.env) : undefined;
  const pool = createPool(
    { url: env.DATABASE_URL, applicationName: "transpod-audit", maxConnections: 1 },
    () => {},
  );
  try {
    await requireSchema(pool, env.DATABASE_URL);
    const findings = await audit(
      {
        pool,
        buckets: place && {
          s3: createS3({ region: place.AWS_REGION, endpoint: place.S3_ENDPOINT }),
          raw: place.S3_RAW_BUCKET,
          processed: place.S3_PROCESSED_BUCKET,
        },
        limits: {
          maxRunningJobs: env.MAX_RUNNING_JOBS,
          silenceSeconds: 6 * env.HEARTBEAT_SECONDS,
          startSeconds: env.START_SECONDS,
          settleSeconds: options.settle,
        },
      },
      (step) => terminal.status(step),
    );
    tell(findings, terminal);
  } catch (error) {
    throw explain(error, place?.S3_ENDPOINT);
  } finally {
    await pool.end();
  }
}

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
const undefinedTable = "42P01";

async function requireSchema(pool: pg.Pool, url: string): Promise<void> {
  try {
    await pool.query("select from audit_findings limit 0");
  } catch (error) {
    if ((error as { code?: unknown }).code !== undefinedTable) throw explainSilence(error, url);
    const detail = `${describeDatabase(url)} has an older schema than this. Run "transpod migrate".`;
    throw new TranspodError("schema_outdated", detail, { cause: error });
  }
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
