import { afterAll, beforeAll, expect, test } from "vitest";
import { openPage, startBrowserTest, type BrowserTest } from "./browser.ts";

let running: BrowserTest;
beforeAll(async () => {
  running = await startBrowserTest();
});
afterAll(() => running.stop());

test("a browser shows the page", async () => {
  await using watched = await openPage(running);
  expect(await watched.page.title()).toContain("Transpod");
});

test("the harness sees an error, a violation of the CSP and a request to elsewhere", async () => {
  await using watched = await openPage(running);
  const reported = watched.page.waitForEvent("console");
  await watched.page.evaluate(() => {
    const image = new Image();
    image.src = "http://127.0.0.1:1/elsewhere.png";
  });
  await reported;
  expect(() => watched.check()).toThrow("127.0.0.1:1");
  watched.expectFaults(/elsewhere/, /^CSP img-src/);
});
