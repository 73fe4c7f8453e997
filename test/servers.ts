import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import getPort from "get-port";
import type { TestProject } from "vitest/node";
import { startMiniStack } from "@transpod/embedded/ministack/server.ts";
import { startPostgres } from "@transpod/embedded/postgres/server.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** Of a database that may create others. */
    postgresUrl: string;
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
  project.provide("awsEndpoint", ministack.endpoint);
  return async () => {
    await Promise.all([postgres.stop(), ministack.stop()]);
    await rm(folder, { recursive: true, force: true });
  };
}
