import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openApiPath } from "@transpod/api/openapi.ts";
import { routes } from "@transpod/api/routes/all.ts";
import { insertTestKey } from "../api-key.ts";
import { startTestApi } from "../test-api.ts";
import { fuzz } from "./fuzz.ts";
import { describeRun } from "./report.ts";
import { seedFiles } from "./seed-files.ts";

const operations = routes.map(({ method, path }) => `${method.toUpperCase()} ${openApiPath(path)}`);

const modes = [
  { mode: "AUTH=off", auth: "off", withKey: false, bounds: [] },
  { mode: "AUTH=on, with a key", auth: "on", withKey: true, bounds: [] },
  { mode: "AUTH=on, without a key", auth: "on", withKey: false, bounds: ["--max-examples", "5"] },
];

/** Without an engine, so nothing is sent to the webhooks that are made here. */
test.for(modes)("$mode: the API is as its document says", async (wanted) => {
  const { mode, auth, withKey, bounds } = wanted;
  const folder = await mkdtemp(join(tmpdir(), "transpod-contract-"));
  const api = await startTestApi({
    AUTH: auth,
    // What a document can't say: that a host is private.
    WEBHOOK_ALLOW_PRIVATE: "on",
    // hooks.py says where requests come from.
    TRUST_PROXY: "1",
    MAX_UPLOAD_BYTES: String(100 * 1024 ** 3),
  });
  try {
    const { pool } = api.database;
    const key = withKey
      ? ["--header", `Authorization: Bearer ${await insertTestKey(pool, "admin")}`]
      : [];
    const completedFile = await seedFiles(pool);
    const run = await fuzz(api.url, { folder, completedFile, args: [...key, ...bounds] });
    process.stdout.write(`${mode}: ${describeRun(operations, run)}\n\n`);
    if (!run.passed) throw new Error(run.output);
    const asked = new Set(run.requests.map(({ operation }) => operation));
    expect(operations.filter((operation) => !asked.has(operation))).toEqual([]);
  } finally {
    await api.stop();
    await rm(folder, { recursive: true, force: true });
  }
});
