import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import getPort from "get-port";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ChildProcessJobs } from "@transpod/embedded/child-process-jobs.ts";
import { createLogger } from "@transpod/runtime/logger.ts";
import { UnavailableError } from "@transpod/runtime/unavailable.ts";
import { administer, freshAws, freshDatabase, type TestDatabase } from "@transpod/test/harness.ts";
import { readControllerConfig } from "./config.ts";
import { startService, type ControllerService, type Platform } from "./service.ts";

const waitOptions = { timeout: 20_000, interval: 100 };
// Nothing listens there.
const nowhere = "127.0.0.1:1";

let scratchDir: string;
let database: TestDatabase;
let service: ControllerService;
let workPort: number;
beforeEach(async () => {
  scratchDir = await mkdtemp(join(tmpdir(), "transpod-service-test-"));
  database = await freshDatabase();
});
afterEach(async () => {
  await service.stop();
  await database.drop();
  await rm(scratchDir, { recursive: true, force: true });
});

async function start(environment: Record<string, string> = {}, overrides: Partial<Platform> = {}) {
  const aws = await freshAws();
  workPort = await getPort();
  const config = readControllerConfig({
    PORT: "0",
    WORK_PORT: String(workPort),
    DATABASE_URL: database.url,
    S3_ENDPOINT: aws.endpoint,
    SQS_ENDPOINT: aws.endpoint,
    SQS_QUEUE_URL: aws.queueUrl,
    S3_RAW_BUCKET: aws.rawBucket,
    S3_PROCESSED_BUCKET: aws.processedBucket,
    POD_NAMESPACE: "transpod",
    JOB_SETTINGS_FILE: "unread",
    ...environment,
  });
  const jobs = new ChildProcessJobs({
    workUrl: `http://127.0.0.1:${workPort}`,
    scratchDir,
    cpusPerJob: 1,
    logLevel: "silent",
    onLine: () => {},
  });
  const platform = { jobs, authenticator: jobs, check: async () => {}, stop: () => jobs.stop() };
  const settings = { ...config.settings, leaseSeconds: 6 };
  service = await startService(
    { ...config, settings },
    { ...platform, ...overrides },
    createLogger({ service: "controller", level: "silent" }),
  );
}

async function ask(path: string): Promise<{ status: number; text: string }> {
  const response = await fetch(`http://127.0.0.1:${service.port}${path}`);
  return { status: response.status, text: await response.text() };
}

async function leads(): Promise<boolean> {
  return (await ask("/metrics")).text.includes("\ntranspod_leading 1\n");
}

async function readiness(): Promise<{ status: number; checks: Record<string, string> }> {
  const { status, text } = await ask("/readyz");
  return { status, checks: (JSON.parse(text) as { checks: Record<string, string> }).checks };
}

/** Simulates a Postgres that is down, or up again, for this database only. */
async function allowConnections(allowed: boolean): Promise<void> {
  const name = new URL(database.url).pathname.slice(1);
  await administer(`alter database "${name}" with allow_connections ${allowed}`);
  if (allowed) return;
  await administer(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`,
  );
}

test("without Postgres and SQS it starts, lives, and says that it is not ready", async () => {
  await start({
    DATABASE_URL: `postgres://transpod@${nowhere}/transpod`,
    SQS_ENDPOINT: `http://${nowhere}`,
  });
  expect((await ask("/healthz")).status).toBe(200);
  expect(await readiness()).toEqual({
    status: 503,
    checks: { postgres: "failed", queue: "failed", kubernetes: "ok" },
  });
  expect(await leads()).toBe(false);
});

test("it becomes ready and leads when Postgres comes, stops when it goes, and comes back", async () => {
  await allowConnections(false);
  await start();
  expect((await readiness()).checks["postgres"]).toBe("failed");
  await allowConnections(true);
  await vi.waitUntil(async () => (await readiness()).status === 200, waitOptions);
  await vi.waitUntil(leads, waitOptions);

  await allowConnections(false);
  await vi.waitUntil(async () => (await readiness()).status === 503, waitOptions);
  await vi.waitUntil(async () => !(await leads()), waitOptions);
  await allowConnections(true);
  await vi.waitUntil(async () => (await readiness()).status === 200, waitOptions);
  await vi.waitUntil(leads, waitOptions);
});

test("it is not ready while it can't see its Jobs", async () => {
  const check = () => Promise.reject(new Error("the watch is stale"));
  await start({ LEADER_ELECTION: "off" }, { check });
  expect(await readiness()).toEqual({
    status: 503,
    checks: { postgres: "ok", queue: "ok", kubernetes: "failed" },
  });
  expect(await leads()).toBe(true);
});

test("a worker whose token can't be verified right now is asked to come again", async () => {
  const authenticate = () =>
    Promise.reject(new UnavailableError("The Kubernetes API server", null));
  await start({}, { authenticator: { authenticate } });
  const response = await fetch(`http://127.0.0.1:${workPort}/work/claim`, {
    method: "POST",
    headers: { authorization: "Bearer token", "content-type": "application/json" },
    body: JSON.stringify({ worker: "w" }),
  });
  expect(response.status).toBe(503);
  expect(response.headers.get("retry-after")).toBe("5");
  expect(await response.json()).toMatchObject({ code: "temporarily_unavailable" });
});
