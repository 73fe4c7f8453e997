import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { pathOfReal, realFiles } from "../media/real-files.ts";
import { openPage, startBrowserTest, type BrowserTest } from "./browser.ts";
import { expectedFaults, fill, screens, type Screen, type Shown } from "./every-screen.ts";

const widths = [390, 1440] as const;
const schemes = ["light", "dark"] as const;

/**
 * Takes pictures of the page with real videos in it: one for the README, or with a FOLDER one of every screen in both
 * themes and at two widths, to look at.
 */
async function takePictures(folder: string | undefined): Promise<void> {
  const running = await startBrowserTest();
  try {
    const { rotated, phoneHdr, bikes, bunny } = realFiles;
    const shown = await fill(running, [rotated, phoneHdr, bikes, bunny].map(pathOfReal));
    if (folder === undefined) await takeForReadme(shown);
    else {
      await mkdir(folder, { recursive: true });
      for (const [name, screen] of Object.entries(screens)) {
        // oxlint-disable-next-line no-await-in-loop -- one browser, two cores
        await takeInAllForms(shown, screen, join(folder, name.replaceAll(" ", "-")));
      }
    }
  } finally {
    await running.stop();
  }
  if (folder !== undefined) await takeSignIn(folder);
}

async function takeForReadme(shown: Shown): Promise<void> {
  const options = { viewport: { width: 1200, height: 900 }, colorScheme: "light" } as const;
  const screen = screens["completed file"]!;
  await using watched = await openPage(shown.running, screen.path(shown), options);
  await settle(watched.page, screen, shown);
  await watched.page.screenshot({ path: "docs/page.jpg", type: "jpeg", quality: 80 });
}

async function takeInAllForms(shown: Shown, screen: Screen, name: string): Promise<void> {
  for (const colorScheme of schemes) {
    for (const width of widths) {
      const options = { viewport: { width, height: 900 }, colorScheme } as const;
      await using watched = await openPage(shown.running, screen.path(shown), options);
      watched.expectFaults(...expectedFaults);
      await settle(watched.page, screen, shown);
      await watched.page.screenshot({
        path: `${name}-${colorScheme}-${width}.png`,
        fullPage: true,
      });
    }
  }
}

/** The screen and its pictures are there. */
async function settle(page: Page, { ready, act }: Screen, shown: Shown): Promise<void> {
  await page.locator(ready).first().waitFor();
  await act?.(page, shown);
  await page.waitForFunction(() => [...document.images].every(({ complete }) => complete));
}

async function takeSignIn(folder: string): Promise<void> {
  const running: BrowserTest = await startBrowserTest({ AUTH: "on" });
  try {
    const shown = { running, completed: "", failed: "" };
    const screen = { path: () => "/", ready: ".sign-in" };
    await takeInAllForms(shown, screen, join(folder, "sign-in"));
  } finally {
    await running.stop();
  }
}

await takePictures(process.argv[2]);
