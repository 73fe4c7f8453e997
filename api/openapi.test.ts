import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Express } from "express";
import { createLogger } from "@transpod/runtime/logger.ts";
import { createRegistry } from "@transpod/runtime/metrics.ts";
import { createS3 } from "@transpod/runtime/aws.ts";
import { createPool } from "@transpod/store/database.ts";
import { expect, test } from "vitest";
import { createApp } from "./app.ts";
import { FileEvents } from "./events/file-events.ts";
import { describeApi, openApiPath } from "./openapi.ts";
import { referencePaths } from "./reference/reference.ts";
import { routes } from "./routes/all.ts";

/** As Express keeps them; there is no public way to ask. */
interface Layer {
  route?: { path: string; methods: Record<string, boolean | undefined> };
}

function served(app: Express): string[] {
  const layers = app.router.stack as unknown as Layer[];
  return layers.flatMap(({ route }) =>
    route === undefined || referencePaths.includes(route.path)
      ? []
      : Object.keys(route.methods)
          .filter((method) => method !== "_all")
          .map((method) => `${method} ${openApiPath(route.path)}`),
  );
}

test("the document has every route that is served, and no other", () => {
  const pool = createPool({ url: "postgres://nowhere", applicationName: "test" }, () => {});
  const registry = createRegistry();
  const log = createLogger({ service: "test", level: "silent" });
  const app = createApp({
    pool,
    events: new FileEvents({ pool, registry, log }),
    s3: createS3({ region: "us-east-1" }),
    publicS3: createS3({ region: "us-east-1" }),
    buckets: { raw: "raw", processed: "processed" },
    settings: {
      uploadUrlTtlSeconds: 1,
      downloadUrlTtlSeconds: 1,
      uploadExpirySeconds: 1,
      maxUploadBytes: 1,
      corsOrigins: [],
      trustProxy: 0,
      auth: true,
      rateLimitPerMinute: 0,
      webhookAllowPrivate: false,
    },
    checks: {},
    registry,
    log,
  });
  const described = Object.entries(describeApi(routes).paths ?? {}).flatMap(([path, item]) =>
    Object.keys(item).map((method) => `${method} ${path}`),
  );
  expect(served(app).toSorted()).toEqual(described.toSorted());
});

test("docs/openapi.json is up to date", async () => {
  const script = fileURLToPath(new URL("write-openapi.ts", import.meta.url));
  await promisify(execFile)(process.execPath, [script, "--check"]);
});
