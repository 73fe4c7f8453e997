import { createS3 } from "@transpod/runtime/aws.ts";
import { startTestApi, type TestApi } from "@transpod/test/test-api.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { s3Origins } from "./s3-origins.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi({ AUTH: "on", S3_PUBLIC_ENDPOINT: "http://s3.example.com:9000" });
});
afterAll(() => api.stop());

const browser = { headers: { Accept: "text/html,application/xhtml+xml,*/*;q=0.8" } };

// Not through api.get: the page's addresses are not operations of the document.
const open = (path: string, init: RequestInit = browser) => fetch(`${api.url}${path}`, init);

test.for([
  "/",
  "/files/0b0f2c0e-6f0b-4e5e-9a53-0a3f6f4f8a11",
  "/overview",
  "/webhooks",
  "/sign-in",
])("a browser gets the page at %s, without a key", async (path) => {
  const response = await open(path);
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toContain("text/html");
  expect(response.headers.get("cache-control")).toBe("no-cache");
  expect(response.headers.get("vary")).toContain("Accept");
  expect(await response.text()).toContain("/assets/");
});

test("a program gets the API's answer at the same addresses", async () => {
  const json = { headers: { Accept: "application/json" } };
  expect(await (await open("/", json)).json()).toMatchObject({ name: "Transpod" });
  expect((await open("/webhooks", json)).status).toBe(401);
  expect((await open("/overview/nowhere", browser)).status).toBe(404);
  const options = await open("/webhooks", { method: "OPTIONS" });
  expect(options.headers.get("allow")).toBe("POST, GET, HEAD, OPTIONS");
});

test("browsers keep assets for ever, and index.html has no inline script", async () => {
  const html = await (await open("/")).text();
  expect(html).not.toMatch(/<script>|<style|\son\w+=/);
  const assets = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map((m) => m[1] ?? "");
  expect(assets.length).toBeGreaterThanOrEqual(2);
  for (const asset of assets) {
    const { status, headers } = await open(asset);
    expect(status).toBe(200);
    expect(headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
  }
  expect((await open("/assets/nowhere.js")).status).toBe(404);
});

test("the page may reach the S3 of clients, and nothing else", async () => {
  const policy = (await open("/")).headers.get("content-security-policy") ?? "";
  const s3 = "http://s3.example.com:9000";
  expect(policy).toContain(`connect-src 'self' ${s3};`);
  expect(policy).toContain(`img-src 'self' data: ${s3};`);
  expect(policy).toContain(`media-src 'self' ${s3};`);
  expect(policy).toContain("script-src 'self';");
});

test("on AWS each bucket has its own origin", async () => {
  const s3 = createS3({ region: "eu-central-1" });
  expect(await s3Origins(s3, ["raw", "processed.videos"])).toEqual([
    "https://raw.s3.eu-central-1.amazonaws.com",
    // A name with dots has no certificate of its own.
    "https://s3.eu-central-1.amazonaws.com",
  ]);
});
