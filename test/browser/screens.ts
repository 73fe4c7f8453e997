import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { pathOfReal, realFiles } from "../media/real-files.ts";
import { openPage, startBrowserTest, type BrowserTest } from "./browser.ts";
import { ended, upload } from "./videos.ts";

const widths = [390, 1440] as const;
const schemes = ["light", "dark"] as const;

/**
 * Takes pictures of the page with real videos in it: one for the README, or with a FOLDER one of every screen in both
 * themes and at two widths, to look at.
 */
async function takePictures(folder: string | undefined): Promise<void> {
  await using running = await startWithVideos();
  const { fileId } = running;
  const screens = {
    list: "/",
    file: `/files/${fileId}`,
    overview: "/overview",
    webhooks: "/webhooks",
  };
  if (folder === undefined) {
    await take(running, screens.file, { file: "docs/page.jpg", width: 1200, height: 900 });
    return;
  }
  await mkdir(folder, { recursive: true });
  for (const [name, path] of Object.entries(screens)) {
    for (const colorScheme of schemes) {
      for (const width of widths) {
        const file = join(folder, `${name}-${colorScheme}-${width}.png`);
        // oxlint-disable-next-line no-await-in-loop -- one browser, two cores
        await take(running, path, { file, width, height: 900, colorScheme, fullPage: true });
      }
    }
  }
}

interface Shot {
  file: string;
  width: number;
  height: number;
  colorScheme?: "light" | "dark";
  fullPage?: boolean;
}

async function take(running: BrowserTest, path: string, shot: Shot): Promise<void> {
  const { file, width, height, colorScheme = "light", fullPage = false } = shot;
  const viewport = { width, height };
  await using watched = await openPage(running, path, { viewport, colorScheme });
  const { page } = watched;
  await page
    .locator(".row, .timeline .good, main > section .figures, .intro ~ *")
    .first()
    .waitFor();
  await page.waitForFunction(() => [...document.images].every(({ complete }) => complete));
  const format = file.endsWith(".jpg") ? ({ type: "jpeg", quality: 80 } as const) : {};
  await page.screenshot({ path: file, fullPage, ...format });
}

/** A Transpod with some videos that are completed, and one that has failed. */
async function startWithVideos() {
  const running = await startBrowserTest();
  const reals = [realFiles.rotated, realFiles.phoneHdr, realFiles.bikes, realFiles.bunny].map(
    pathOfReal,
  );
  const ids: string[] = [];
  for (const path of reals) {
    // oxlint-disable-next-line no-await-in-loop -- so that the order of the list is known
    ids.push(await upload(running, path, { quality: "smaller" }));
  }
  await Promise.all(ids.map((id) => ended(running, id)));
  return { ...running, fileId: ids.at(-1) ?? "", [Symbol.asyncDispose]: () => running.stop() };
}

await takePictures(process.argv[2]);
