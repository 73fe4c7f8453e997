import { mkdtempSync, rmSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { downloadResponse } from "@transpod/contract/public-api.ts";
import { parseApiKey } from "@transpod/contract/api-keys.ts";
import { transpod as command } from "@transpod/cli/testing.ts";
import { TranspodClient } from "@transpod/client/client.ts";
import { makeSample } from "./e2e/samples.ts";
import { readLog, startTranspod, type Transpod } from "./test-transpod.ts";

let folder: string;
let DATA_DIR: string;
let transpod: Transpod;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "transpod-access-test-"));
  DATA_DIR = join(folder, "data");
  transpod = await startTranspod({ DATA_DIR, AUTH: "on", LOG_LEVEL: "trace" });
}, 180_000);
afterEach(async () => {
  await transpod.end("SIGTERM");
  rmSync(folder, { recursive: true, force: true });
});

/** A new key, made with `make keys`. */
async function newKey(): Promise<string> {
  const DATABASE_URL = await readFile(join(DATA_DIR, "database-url"), "utf8");
  const { stdout } = await command(["keys", "create", "test", "--json"], { DATABASE_URL });
  return (JSON.parse(stdout) as { key: string }).key;
}

/** The token of the worker that runs in this test's folder, as the system shows its environment. */
async function workToken(): Promise<string> {
  return await vi.waitUntil(
    async () => {
      const { stdout } = await execa("ps", ["axeww", "-o", "command"]);
      const ours = stdout.split("\n").find((line) => line.includes(`SCRATCH_DIR=${DATA_DIR}`));
      return /WORK_TOKEN=(\S+)/.exec(ours ?? "")?.[1];
    },
    { timeout: 60_000, interval: 50 },
  );
}

async function status(url: string, token: string, init: RequestInit = {}): Promise<number> {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  return (await fetch(url, { ...init, headers })).status;
}

async function signedUrl(fileId: string, key: string): Promise<string> {
  const path = `${transpod.url}/upload/${fileId}/download/original`;
  const response = await fetch(path, { headers: { authorization: `Bearer ${key}` } });
  return downloadResponse.parse(await response.json()).download_url;
}

/** Its queues log a warning for a body that is not gzip; otherwise it may log nothing. */
async function provokeEmulatorWarning(signed: string): Promise<void> {
  const headers = { "x-amz-target": "AmazonSQS.SendMessage", "content-encoding": "gzip" };
  const { status: answered } = await fetch(signed, { method: "POST", headers, body: "no gzip" });
  expect(answered).toBe(400);
}

test("keys and work tokens open one door each, and neither they nor signed URLs are ever logged", async () => {
  const [key, forged] = [await newKey(), `transpod_0123456789abcdef_${"5e".repeat(32)}`];
  const client = new TranspodClient(transpod.url, key);
  const sample = { codec: "h264", extension: ".mp4", seconds: 4, size: "640x360" } as const;
  const fileId = await client.upload(await makeSample(folder, sample));
  const token = await workToken();

  const { work } = JSON.parse(await readFile(join(DATA_DIR, "ports.json"), "utf8"));
  const claim = `http://127.0.0.1:${work}/work/claim`;
  const empty = { method: "POST", body: "{}" };
  expect(await status(claim, token, empty)).toBe(422); // it is let in, and says nothing
  expect(await status(claim, key, empty)).toBe(401);
  const files = `${transpod.url}/upload`;
  expect(await status(files, key)).toBe(200);
  expect(await status(files, token)).toBe(401);
  expect(await status(`${files}/${fileId}/cancel`, token, { method: "POST" })).toBe(401);

  // Errors, and secrets where they don't belong.
  expect(await status(files, forged)).toBe(401);
  expect(await status(`${files}?key=${key}`, key)).toBe(422);
  expect(await status(`${files}/${key}/status`, key)).toBe(422);
  expect(await status(`${transpod.url}/${key}`, key)).toBe(404);
  expect(await status(files, key, { method: "POST", body: `{"${key}` })).toBe(400);
  expect(await status(files, key, { method: "PUT", body: key })).toBe(405);
  await writeFile(join(folder, "text.mp4"), "This is not a video.");
  const broken = await client.upload(join(folder, "text.mp4"));
  expect(await client.watch(broken, () => {})).toMatchObject({ processing_status: "failed" });

  expect(await client.watch(fileId, () => {})).toMatchObject({ processing_status: "completed" });
  for (const which of ["original", "processed"] as const) {
    await client.download(fileId, which, join(folder, which));
  }
  await provokeEmulatorWarning(await signedUrl(fileId, key));
  await transpod.end("SIGTERM");

  const log = await readLog(DATA_DIR);
  for (const event of ["request", "command", "ministack"]) {
    expect(log).toContain(`"event":"${event}"`);
  }
  expect(log).toMatch(/"worker":"[^"]+","/);
  const databaseUrl = new URL(await readFile(join(DATA_DIR, "database-url"), "utf8"));
  const secrets = {
    key: parseApiKey(key)!.secret,
    forged: "5e".repeat(32),
    token,
    database: databaseUrl.password,
    s3: await readFile(join(DATA_DIR, "s3-secret"), "utf8"),
    signature: "X-Amz-Signature",
  };
  for (const [name, secret] of Object.entries(secrets)) {
    expect(secret.length).toBeGreaterThan(10);
    const lines = log.split("\n").filter((line) => line.includes(secret));
    expect({ [name]: lines }).toEqual({ [name]: [] });
  }
}, 180_000);

test("embedded mode asks for no key unless it is told to", async () => {
  expect((await fetch(`${transpod.url}/upload`)).status).toBe(401);
  const open = await startTranspod({ DATA_DIR: join(folder, "open") });
  try {
    expect((await fetch(`${open.url}/upload`)).status).toBe(200);
  } finally {
    await open.end("SIGTERM");
  }
}, 180_000);
