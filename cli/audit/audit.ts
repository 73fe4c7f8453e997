import { ListObjectVersionsCommand, type S3Client } from "@aws-sdk/client-s3";
import type pg from "pg";
import {
  findBreaches,
  findStuck,
  type Finding,
  type StuckLimits,
} from "@transpod/store/audit-findings.ts";
import { findJobBreaches, type SeenJob } from "@transpod/store/audit-jobs.ts";
import {
  createSeenObjects,
  findObjectBreaches,
  insertSeenObjects,
  type SeenObject,
} from "@transpod/store/audit-objects.ts";

export interface Buckets {
  s3: S3Client;
  raw: string;
  processed: string;
}

export interface AuditDeps {
  pool: pg.Pool;
  /** Undefined: they are not checked. */
  buckets: Buckets | undefined;
  /** Listed before; undefined where Jobs are no Kubernetes Jobs. */
  jobs: readonly SeenJob[] | undefined;
  limits: StuckLimits;
}

/** All breaches, errors first. Changes nothing, and may run at any time. */
export async function audit(
  { pool, buckets, jobs, limits }: AuditDeps,
  onStep: (step: string) => void = () => {},
): Promise<Finding[]> {
  onStep("Reading the database");
  const findings = [...(await findBreaches(pool)), ...(await findStuck(pool, limits))];
  if (jobs !== undefined)
    findings.push(...(await findJobBreaches(pool, jobs, limits.settleSeconds)));
  if (buckets !== undefined) findings.push(...(await auditBuckets(pool, buckets, limits, onStep)));
  return findings.toSorted((a, b) => a.severity.localeCompare(b.severity));
}

async function auditBuckets(
  pool: pg.Pool,
  buckets: Buckets,
  { settleSeconds }: StuckLimits,
  onStep: (step: string) => void,
): Promise<Finding[]> {
  const client = await pool.connect();
  try {
    const listedAt = await createSeenObjects(client);
    let seen = 0;
    for (const bucket of ["raw", "processed"] as const) {
      for await (const objects of listObjects(buckets, bucket)) {
        await insertSeenObjects(client, objects);
        onStep(`Reading the buckets: ${(seen += objects.length)} objects`);
      }
    }
    return await findObjectBreaches(client, listedAt, settleSeconds);
  } finally {
    // The connection is destroyed, and the temporary table with it.
    client.release(true);
  }
}

/** Every version of every object, a page at a time. */
async function* listObjects(
  { s3, ...buckets }: Buckets,
  bucket: SeenObject["bucket"],
): AsyncGenerator<SeenObject[]> {
  let after: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } = {};
  for (;;) {
    const page = await s3.send(
      new ListObjectVersionsCommand({ Bucket: buckets[bucket], ...after }),
    );
    yield (page.Versions ?? []).map((version) => ({
      bucket,
      s3_key: version.Key ?? "",
      version_id: version.VersionId ?? "",
      size_bytes: version.Size ?? 0,
      modified_at: version.LastModified ?? new Date(),
    }));
    if (!page.IsTruncated) return;
    after = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
  }
}
