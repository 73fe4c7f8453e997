import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { pathOfReal, realFiles } from "../media/real-files.ts";
import type { BrowserTest } from "./browser.ts";
import { ended, upload } from "./videos.ts";

/** What the screens show. */
export interface Shown {
  running: BrowserTest;
  completed: string;
  failed: string;
}

export interface Screen {
  path: (shown: Shown) => string;
  /** An element that is there when the screen is. */
  ready: string;
  act?: (page: Page, shown: Shown) => Promise<void>;
}

const list = { path: () => "/", ready: ".rows li" };
const failedFile = { path: ({ failed }: Shown) => `/files/${failed}`, ready: ".timeline .bad" };

/** Of a Transpod with AUTH=off. */
export const screens: Record<string, Screen> = {
  list,
  "list with a selection": {
    ...list,
    act: (page) => page.getByLabel("Select all loaded files").check(),
  },
  "empty list": { path: () => "/?status=cancelled", ready: ".notice" },
  "completed file": {
    path: ({ completed }) => `/files/${completed}`,
    ready: ".timeline .good",
    act: (page) => page.locator(".strip img").first().waitFor(),
  },
  "failed file": {
    ...failedFile,
    act: (page) => page.getByText("Last lines of the worker's log").click(),
  },
  "settings of a retry": {
    ...failedFile,
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
    ready: ".card .buttons",
    act: async (page) => {
      await page.getByRole("button", { name: "Send a test" }).click();
      await page.getByRole("button", { name: "Show deliveries" }).click();
      await page.locator(".deliveries").waitFor();
    },
  },
  // The last: what it uploads is in the lists from then on.
  uploads: { ...list, act: showUploads },
};

/** One is interrupted by a reload, one is refused by S3, one runs, one is paused, and one is not a video. */
async function showUploads(page: Page): Promise<void> {
  const video = await readFile(pathOfReal(realFiles.rotated));
  // With an empty box at its end: the same content would be taken for the upload that was interrupted.
  const another = Buffer.concat([video, Buffer.from("\0\0\0\bfree")]);
  const choose = (name: string, content = another) =>
    page
      .locator('input[type="file"]')
      .first()
      .setInputFiles({ name, mimeType: "video/mp4", buffer: content });
  const rowOf = (name: string) => page.locator(".upload-row", { hasText: name });
  // S3 does not answer, but refuses one of them.
  await page.route(/\/transpod-raw\//, () => {});
  await page.route(/\/transpod-raw\/refused/, (route) =>
    route.fulfill({ status: 400, headers: { "access-control-allow-origin": "*" } }),
  );
  const begun = page.waitForRequest(/\/transpod-raw\/reloaded/);
  await choose("reloaded.mp4", video);
  await begun;
  page.once("dialog", (dialog) => void dialog.accept());
  await page.reload();
  await rowOf("reloaded.mp4").getByText("Interrupted.").waitFor();
  await choose("refused.mp4");
  await rowOf("refused.mp4").getByText("The storage did not take the file.").waitFor();
  await choose("paused.mp4");
  await page.getByRole("button", { name: "Pause the upload of paused.mp4" }).click();
  await choose("running.mp4");
  await rowOf("running.mp4").getByText("0 %").waitFor();
  await choose("text.mp4", Buffer.from("This is not a video."));
  await rowOf("text.mp4").getByText("The file is not an MP4 or MOV video.").waitFor();
}

/** On one of the screens the page asks for a file that does not exist, and on one S3 refuses an upload. */
export const expectedFaults = [/404.*0b0f2c0e/, /400.*refused/];

const brokenIn = ({ dataDir }: BrowserTest): string => join(dataDir, "broken.mp4");

/** Completes these videos one after the other, lets one fail, and adds a webhook whose receiver does not answer. */
export async function fill(
  running: BrowserTest,
  videos: readonly string[] = [pathOfReal(realFiles.rotated)],
): Promise<Shown> {
  await writeFile(brokenIn(running), "not a video");
  const ids: string[] = [];
  for (const path of [brokenIn(running), ...videos]) {
    // oxlint-disable-next-line no-await-in-loop -- so that the order of the list is known
    ids.push(await upload(running, path, { quality: "smaller" }));
  }
  await Promise.all(ids.map((id) => ended(running, id)));
  await fetch(`${running.transpod.url}/webhooks`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ url: "http://127.0.0.1:9/hook" }),
  });
  return { running, failed: ids[0] ?? "", completed: ids.at(-1) ?? "" };
}
