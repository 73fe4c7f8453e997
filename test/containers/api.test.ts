import { GetObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { readApiConfig } from "@transpod/api/config.ts";
import { describeApi } from "@transpod/api/openapi.ts";
import { routes } from "@transpod/api/routes/all.ts";
import { parseApiKey } from "@transpod/contract/api-keys.ts";
import { uploadResponse } from "@transpod/contract/public-api.ts";
import { createS3 } from "@transpod/runtime/aws.ts";
import { startApi, type RunningApi } from "./api-container.ts";
import { startBacking, type Backing } from "./backing.ts";
import { docker, usersIn } from "./docker.ts";

let backing: Backing;
let api: RunningApi;

beforeAll(async () => {
  backing = await startBacking();
  api = await startApi(backing);
});
afterAll(async () => {
  await api?.[Symbol.asyncDispose]();
  await backing?.[Symbol.asyncDispose]();
});

async function readiness(): Promise<{ status: number; checks: Record<string, string> }> {
  const response = await fetch(`${api.url}/readyz`);
  const { checks } = (await response.json()) as { checks: Record<string, string> };
  return { status: response.status, checks };
}

test("it reaches Postgres, both buckets and the queue", async () => {
  const ok = { postgres: "ok", raw_bucket: "ok", processed_bucket: "ok", queue: "ok" };
  expect(await readiness()).toEqual({ status: 200, checks: ok });
});

test("it serves the document that the source describes", async () => {
  const served: unknown = await (await fetch(`${api.url}/openapi.json`)).json();
  const environment = { ...backing.environment, ...backing.credentialsEnvironment };
  const described = describeApi(routes, readApiConfig(environment).settings);
  expect(served).toEqual(JSON.parse(JSON.stringify(described)));
});

test.each(["/docs", "/redoc"])("%s and all that it loads are in the image", async (page) => {
  const html = await (await fetch(`${api.url}${page}`)).text();
  const paths = [...html.matchAll(/\b(?:src|href|spec-url)="([^"]*)"/g)].map(([, path]) => path);
  expect(paths.length).toBeGreaterThan(1);
  for (const path of paths) {
    const response = await fetch(`${api.url}${path}`);
    expect([path, response.status]).toEqual([path, 200]);
    expect((await response.arrayBuffer()).byteLength).toBeGreaterThan(100);
  }
});

test("an upload goes by its presigned URL from this machine straight to S3", async () => {
  const answer = await fetch(`${api.url}/upload`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ file_name: "holiday.mov" }),
  });
  const { upload_url, s3_key } = uploadResponse.parse(await answer.json());
  if (upload_url === null) throw new Error("there is no URL");
  const put = await fetch(upload_url, { method: "PUT", body: "video" });
  expect(put.status).toBe(200);
  const forged = await fetch(upload_url.replace(/.$/, "_"), { method: "PUT", body: "other" });
  expect(forged.status).toBe(403);

  const endpoint = backing.endpointAt();
  const s3 = createS3({ region: "us-east-1", endpoint, credentials: backing.credentials });
  const object = await s3.send(
    new GetObjectCommand({ Bucket: backing.names.rawBucket, Key: s3_key }),
  );
  expect(await object.Body?.transformToString()).toBe("video");
});

test("API keys are made in its container, by the command in its image", async () => {
  const { exitCode, stdout } = await api.container.exec([
    "node",
    "keys.js",
    "create",
    "first",
    "--json",
  ]);
  expect(exitCode).toBe(0);
  const { key } = JSON.parse(stdout) as { key: string };
  expect(parseApiKey(key)).toBeDefined();
});

test("without a database it says so, and goes on when it is back", async () => {
  const postgres = backing.postgres.getId();
  await docker(["stop", postgres]);
  try {
    const down = await vi.waitUntil(
      async () => {
        const said = await readiness();
        return said.status === 503 && said;
      },
      { timeout: 30_000 },
    );
    expect(down.checks).toMatchObject({ postgres: "failed", raw_bucket: "ok" });
  } finally {
    await docker(["start", postgres]);
  }
  await vi.waitUntil(async () => (await readiness()).status === 200, { timeout: 30_000 });
});

test("every process runs as 10001, and the root can not be written to", async () => {
  const top = await docker(["top", api.container.getId(), "-eo", "uid,pid"]);
  expect(usersIn(top)).toEqual(new Set([10001]));
  for (const folder of ["/", "/app"]) {
    const { exitCode } = await api.container.exec(["touch", `${folder}/file`]);
    expect([folder, exitCode]).not.toEqual([folder, 0]);
  }
});

test("SIGTERM ends it in good order", async () => {
  await using other = await startApi(backing);
  const id = other.container.getId();
  await docker(["stop", id]);
  expect(await docker(["inspect", "--format", "{{.State.ExitCode}}", id])).toBe("0");
  expect(await docker(["logs", id])).toContain('"event":"api_stopped"');
});
