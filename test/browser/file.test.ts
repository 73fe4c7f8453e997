import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openPage, startBrowserTest, type BrowserTest } from "./browser.ts";
import { ended, upload } from "./videos.ts";

let running: BrowserTest;
let folder: string;
/** In H.265 and so small that its H.264 is larger, which its settings do not allow. */
let fileId: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "transpod-file-"));
  const path = join(folder, "small.mp4");
  await execa("ffmpeg", [
    ...["-nostdin", "-loglevel", "error", "-f", "lavfi", "-i", "testsrc2=size=320x180:rate=24"],
    ...["-t", "4", "-c:v", "libx265", "-crf", "40", "-x265-params", "log-level=error", path],
  ]);
  running = await startBrowserTest();
  fileId = await upload(running, path, { if_larger: "stop" });
  await ended(running, fileId);
});
afterAll(async () => {
  await running?.stop();
  await rm(folder, { recursive: true, force: true });
});

test("a video whose result was too large is completed by a retry with other settings", async () => {
  await using watched = await openPage(running, `/files/${fileId}`);
  const { page } = watched;
  await page
    .locator(".failure")
    .getByText(/larger/)
    .waitFor();
  await page.getByRole("button", { name: "Retry with other settings" }).click();
  const choice = page.getByLabel("When the result is larger than the original");
  expect(await choice.inputValue()).toBe("stop");
  await choice.selectOption("Keep the result");
  await page.getByText("More settings").click();
  await page.getByLabel("Constant rate factor, 1 to 51").fill("18");
  await page.getByRole("button", { name: "Start attempt" }).click();
  await page.getByText("A new attempt begins").waitFor();
  await page.getByText(/^The result was verified and published/).waitFor();
  const { attempt, settings } = await ended(running, fileId);
  expect(attempt).toBe(2);
  expect(settings).toMatchObject({ if_larger: "keep", crf: 18, quality: "balanced" });
});

test("the result in H.264 plays, and what the browser can't play is said", async () => {
  await using watched = await openPage(running, `/files/${fileId}`);
  const { page } = watched;
  const player = page.locator(".player");
  await player.getByText("Original: This browser can't play H.265.").waitFor();
  await player.getByRole("button", { name: "Result" }).click();
  const video = player.getByLabel("Player of the result");
  const position = () => video.evaluate((element) => (element as HTMLVideoElement).currentTime);
  await expect.poll(position, { timeout: 30_000 }).toBeGreaterThan(0.5);
});
