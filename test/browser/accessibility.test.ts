import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import axe, { type AxeResults } from "axe-core";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pathOfReal, realFiles } from "../media/real-files.ts";
import { openPage, startBrowserTest, type BrowserTest } from "./browser.ts";
import { ended, upload } from "./videos.ts";

let running: BrowserTest;
let [completed, failed] = ["", ""];

beforeAll(async () => {
  running = await startBrowserTest();
  const broken = join(running.dataDir, "broken.mp4");
  await writeFile(broken, "not a video");
  completed = await upload(running, pathOfReal(realFiles.rotated));
  failed = await upload(running, broken);
  await Promise.all([ended(running, completed), ended(running, failed)]);
  await fetch(`${running.transpod.url}/webhooks`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ url: "http://127.0.0.1:9/hook" }),
  });
});
afterAll(() => running.stop());

interface Screen {
  path: () => string;
  ready: string;
  act?: (page: Page) => Promise<void>;
}

const screens: Record<string, Screen> = {
  list: { path: () => "/", ready: ".rows li" },
  "list with a selection": {
    path: () => "/",
    ready: ".rows li",
    act: (page) => page.getByLabel("Select all loaded files").check(),
  },
  "empty list": { path: () => "/?status=cancelled", ready: ".notice" },
  "completed file": {
    path: () => `/files/${completed}`,
    ready: ".figures + section, .timeline .good",
  },
  "failed file": { path: () => `/files/${failed}`, ready: ".timeline .bad" },
  "settings of a retry": {
    path: () => `/files/${failed}`,
    ready: ".timeline .bad",
    act: async (page) => {
      await page.getByRole("button", { name: "Retry with other settings" }).click();
      await page.getByText("More settings").click();
    },
  },
  "unknown file": {
    path: () => "/files/0b0f2c0e-6f0b-4e5e-9a53-0a3f6f4f8a11",
    ready: ".notice",
  },
  overview: { path: () => "/overview", ready: ".figures" },
  webhooks: {
    path: () => "/webhooks",
    ready: ".card",
    act: async (page) => {
      await page.getByRole("button", { name: "Send a test" }).click();
      await page.getByRole("button", { name: "Show deliveries" }).click();
      await page.locator(".deliveries").waitFor();
    },
  },
};

test.for(Object.keys(screens))("axe finds nothing wrong in both themes: %s", async (name) => {
  const screen = screens[name]!;
  // Some colours change over a time.
  await using watched = await openPage(running, screen.path(), { reducedMotion: "reduce" });
  const { page } = watched;
  watched.expectFaults(/404.*0b0f2c0e/);
  await page.locator(screen.ready).first().waitFor();
  await screen.act?.(page);
  await page.evaluate(axe.source);
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await violationsOf(page)).toEqual([]);
  }
});

test("nothing is wider than a phone of 320 px", async () => {
  await using watched = await openPage(running, "/", { viewport: { width: 320, height: 640 } });
  const { page } = watched;
  for (const { path, ready } of [
    screens["list"]!,
    screens["completed file"]!,
    screens["webhooks"]!,
  ]) {
    await page.goto(path());
    await page.locator(ready).first().waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
      320,
    );
  }
});

/** Each as `rule: element`. */
async function violationsOf(page: Page): Promise<string[]> {
  const { violations } = await page.evaluate(async () => {
    const { axe: there } = window as unknown as { axe: { run: () => Promise<AxeResults> } };
    return await there.run();
  });
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
  );
}
