import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Express } from "express";
import { createLogger } from "@transpod/runtime/logger.ts";
import { createRegistry } from "@transpod/runtime/metrics.ts";
import { createS3 } from "@transpod/runtime/aws.ts";
import { createPool } from "@transpod/store/database.ts";
import { startTestApi } from "@transpod/test/test-api.ts";
import { expect, test } from "vitest";
import type { ZodOpenApiOperationObject } from "zod-openapi";
import { createApp } from "./app.ts";
import { FileEvents } from "./events/file-events.ts";
import { Forecast } from "./forecast/forecast.ts";
import { describeApi, openApiPath, type DescribedServer } from "./openapi.ts";
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

const withKeys = { auth: true, rateLimitPerMinute: 0, maxUploadBytes: 1 };
const withoutKeys = { ...withKeys, auth: false };

function operationsOf(server: DescribedServer) {
  return Object.entries(describeApi(routes, server).paths ?? {}).flatMap(([path, item]) =>
    Object.entries(item as Record<string, ZodOpenApiOperationObject>).map(
      ([method, { security, responses }]) => ({
        method,
        path,
        security,
        statuses: Object.keys(responses),
      }),
    ),
  );
}

test("the document has every route that is served, and no other", () => {
  const pool = createPool({ url: "postgres://nowhere", applicationName: "test" }, () => {});
  const registry = createRegistry();
  const log = createLogger({ service: "test", level: "silent" });
  const forecast = new Forecast({ pool, log });
  const app = createApp({
    pool,
    forecast,
    events: new FileEvents({ pool, forecast, registry, log }),
    s3: createS3({ region: "us-east-1" }),
    publicS3: createS3({ region: "us-east-1" }),
    s3Origins: [],
    buckets: { raw: "raw", processed: "processed" },
    settings: {
      uploadUrlTtlSeconds: 1,
      downloadUrlTtlSeconds: 1,
      uploadExpirySeconds: 1,
      deleteOriginals: false,
      maxUploadBytes: 1,
      corsOrigins: [],
      trustProxy: 0,
      page: false,
      auth: true,
      rateLimitPerMinute: 0,
      webhookAllowPrivate: false,
    },
    checks: {},
    registry,
    log,
  });
  const described = operationsOf(withKeys).map(({ method, path }) => `${method} ${path}`);
  expect(served(app).toSorted()).toEqual(described.toSorted());
});

test("only a server that asks for keys says that they are needed", () => {
  const guarded = routes.filter(({ scope }) => scope !== null).length;
  const asking = operationsOf(withKeys).filter(({ security }) => security !== undefined);
  expect(asking).toHaveLength(guarded);
  for (const { statuses } of asking)
    expect(statuses).toEqual(expect.arrayContaining(["401", "403"]));
  expect(describeApi(routes, withKeys).components?.securitySchemes).toHaveProperty("api_key");

  for (const { path, security, statuses } of operationsOf(withoutKeys)) {
    if (path === "/session") continue; // It answers the same everywhere.
    expect(security).toBeUndefined();
    expect(statuses).not.toContain("401");
    expect(statuses).not.toContain("403");
  }
  expect(describeApi(routes, withoutKeys).components).not.toHaveProperty("securitySchemes");
});

test.for([
  [{ auth: false, rateLimitPerMinute: 0 }, false],
  [{ auth: false, rateLimitPerMinute: 60 }, true],
  [{ auth: true, rateLimitPerMinute: 0 }, true],
] as const)("the document of %j has 429: %s", ([settings, limited]) => {
  const [first] = operationsOf({ ...withKeys, ...settings });
  expect(first?.statuses.includes("429")).toBe(limited);
});

test("the document that is served is that of the server", async () => {
  for (const AUTH of ["on", "off"]) {
    const api = await startTestApi({ AUTH, MAX_UPLOAD_BYTES: "1234" });
    const server = { auth: AUTH === "on", rateLimitPerMinute: 0, maxUploadBytes: 1234 };
    const { body } = await api.get("/openapi.json");
    await api.stop();
    expect(body).toEqual(JSON.parse(JSON.stringify(describeApi(routes, server))));
    expect(body).toHaveProperty(
      "components.schemas.UploadRequest.properties.size_bytes.maximum",
      1234,
    );
  }
});

test("docs/openapi.json is up to date", async () => {
  const script = fileURLToPath(new URL("write-openapi.ts", import.meta.url));
  await promisify(execFile)(process.execPath, [script, "--check"]);
});
