import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestApi, type TestApi } from "@transpod/test/test-api.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi({ AUTH: "on", PAGE: "off" });
});
afterAll(() => api.stop());

const ask = (Accept: string) => api.get<string>("/", { headers: { Accept }, redirect: "manual" });

test.for([
  "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
  "text/html",
  "application/json;q=0.5,text/html",
])("without the page, GET / leads who prefers HTML (%s) to the documentation", async (accept) => {
  const { status, headers } = await ask(accept);
  expect(status).toBe(303);
  expect(headers.get("location")).toBe("/docs");
  expect(headers.get("vary")).toContain("Accept");
});

test.for(["*/*", "application/json", "application/json,text/html;q=0.9", "image/png", ""])(
  "GET / tells a program (%s) where things are, without a key",
  async (accept) => {
    expect(await ask(accept)).toMatchObject({
      status: 200,
      body: { name: "Transpod", links: { docs: "/docs", upload: "/upload" } },
    });
  },
);

test("all that GET / names is there, and the document has the same version", async () => {
  const { body } = await api.get<{ version: string; links: Record<string, string> }>("/");
  const { info } = (await api.get<{ info: { version: string } }>("/openapi.json")).body;
  expect(body.version).toBe(info.version);
  for (const path of Object.values(body.links)) {
    const { status } = await api.get(path);
    expect({ path, found: status === 200 || status === 401 }).toEqual({ path, found: true });
  }
});
