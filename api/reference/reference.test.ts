import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestApi, type TestApi } from "@transpod/test/test-api.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

test.for(["/docs", "/redoc"])("%s loads only what the API serves itself", async (page) => {
  const { status, headers, body } = await api.get<string>(page);
  expect(status).toBe(200);
  expect(headers.get("content-type")).toContain("text/html");
  const references = [...body.matchAll(/\b(?:src|href|spec-url)="([^"]*)"/g)].map(
    (m) => m[1] ?? "",
  );
  expect(references.length).toBeGreaterThan(2);
  for (const reference of references) {
    expect(reference).toMatch(/^\/[^/]/);
    expect((await api.get(reference)).status).toBe(200);
  }
  expect(body).not.toMatch(/<script>|<style|\son\w+=/);
});

test("Swagger UI asks no validator on the internet", async () => {
  const { body } = await api.get<string>("/docs/init.js");
  expect(body).toContain("validatorUrl: null");
});

test("the document is OpenAPI 3.1", async () => {
  const { body } = await api.get("/openapi.json");
  expect(body["openapi"]).toMatch(/^3\.1\./);
});
