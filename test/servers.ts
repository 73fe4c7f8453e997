import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import getPort from "get-port";
import pg from "pg";
import type { TestProject } from "vitest/node";
import { startMiniStack } from "@transpod/embedded/ministack/server.ts";
import { startPostgres } from "@transpod/embedded/postgres/server.ts";
import { migrate } from "@transpod/store/migrate.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** Of a database that may create others. */
    postgresUrl: string;
    /** The name of a database with the schema in it, to be copied. */
    schemaTemplate: string;
    /** Of S3 and of SQS. */
    awsEndpoint: string;
  }
}

/** One Postgres and one MiniStack for the whole run; harness.ts gives each test file its own part. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "transpod-test-servers-"));
  const host = "127.0.0.1";
  const [postgresPort, ministackPort] = [await getPort({ host }), await getPort({ host })];
  const [postgres, ministack] = await Promise.all([
    startPostgres({ folder: join(folder, "postgres"), port: postgresPort }),
    startMiniStack({ folder: join(folder, "ministack"), port: ministackPort }),
  ]);
  project.provide("postgresUrl", postgres.url);
  project.provide("schemaTemplate", await makeTemplate(postgres.url));
  project.provide("awsEndpoint", ministack.endpoint);
  return async () => {
    await Promise.all([postgres.stop(), ministack.stop()]);
    await rm(folder, { recursive: true, force: true });
  };
}

/**
 * Copying a database is faster than running every migration again. Its files go with the run: nothing of
 * them has to outlive the machine, so Postgres doesn't wait for the disk.
 */
async function makeTemplate(postgresUrl: string): Promise<string> {
  const name = "schema-template";
  const client = new pg.Client({ connectionString: postgresUrl });
  await client.connect();
  for (const setting of ["fsync", "synchronous_commit", "full_page_writes"]) {
    await client.query(`alter system set ${setting} = off`);
  }
  await client.query("select pg_reload_conf()");
  await client.query(`create database "${name}"`);
  await client.end();
  const url = new URL(postgresUrl);
  url.pathname = name;
  await migrate(url.href);
  return name;
}
