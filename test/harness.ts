import { randomBytes } from "node:crypto";
import pg from "pg";
import { inject } from "vitest";
import { provision } from "@transpod/cli/aws/provision.ts";
import { createS3, createSqs } from "@transpod/runtime/aws.ts";
import { createPool } from "@transpod/store/database.ts";

const region = "us-east-1";

export interface TestDatabase {
  url: string;
  pool: pg.Pool;
  /** Ends the pool and removes the database. */
  drop(): Promise<void>;
}

/** A new database on the run's Postgres, with the schema. */
export async function freshDatabase(): Promise<TestDatabase> {
  const name = uniqueName("db");
  await administer(
    `create database "${name}" template "${inject("schemaTemplate")}" strategy file_copy`,
  );
  const url = new URL(inject("postgresUrl"));
  url.pathname = name;
  const pool = createPool({ url: url.href, applicationName: "test" }, () => {});
  return {
    url: url.href,
    pool,
    async drop() {
      await pool.end();
      // Not by force: Postgres waits a moment for connections to end, then fails if one was leaked.
      await administer(`drop database "${name}"`);
    },
  };
}

/** New buckets and queues on the run's MiniStack, connected as in production. */
export async function freshAws() {
  const endpoint = inject("awsEndpoint");
  const s3 = createS3({ region, endpoint });
  const sqs = createSqs({ region, endpoint });
  const names = {
    rawBucket: uniqueName("raw"),
    processedBucket: uniqueName("processed"),
    queueName: uniqueName("uploads"),
  };
  const queues = await provision({ s3, sqs, ...names });
  return { endpoint, region, s3, sqs, ...names, ...queues };
}

export type TestAws = Awaited<ReturnType<typeof freshAws>>;

/** Runs a statement that can't run in the database that it changes. */
export async function administer(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: inject("postgresUrl") });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

function uniqueName(kind: string): string {
  return `test-${kind}-${randomBytes(4).toString("hex")}`;
}
