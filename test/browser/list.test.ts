import { afterAll, beforeAll, expect, test } from "vitest";
import type pg from "pg";
import { announcedFile, arrive, objectOf } from "@transpod/store/testing.ts";
import { pathOfReal, realFiles } from "../media/real-files.ts";
import { openPage, startBrowserTest, type BrowserTest } from "./browser.ts";
import { announceMany, openDatabase, upload } from "./videos.ts";

let running: BrowserTest;
beforeAll(async () => {
  running = await startBrowserTest();
});
afterAll(() => running.stop());

test("an empty list says what to do", async () => {
  await using watched = await openPage(running);
  await watched.page.getByRole("heading", { name: "No videos yet" }).waitFor();
});

test("a real video appears by itself, completes, and its page explains what happened", async () => {
  await using watched = await openPage(running);
  const { page } = watched;
  await page.getByText("No videos yet").waitFor();
  await upload(running, pathOfReal(realFiles.rotated));
  const row = page.locator(".row", { hasText: "rotated_video.mp4" });
  await row.getByText("Completed").waitFor();
  await row.getByText(/% (smaller|larger)/).waitFor();

  await row.getByRole("link").click();
  await page.getByRole("heading", { name: "rotated_video.mp4" }).waitFor();
  for (const sentence of [
    "Attempt 1 joined the queue.",
    /^The result was verified and published after .* The time went into .*encode/,
    "Nothing. The result can be downloaded.",
  ]) {
    await page.locator(".timeline").getByText(sentence).waitFor();
  }
  await page.getByRole("row", { name: "Codec H.264 H.265" }).waitFor();

  const line = page.getByLabel("Where the original ends and the result begins");
  await line.press("ArrowRight");
  expect(await line.getAttribute("aria-valuetext")).toBe("51 % original");
  await page.waitForFunction(() =>
    [...document.querySelectorAll<HTMLImageElement>(".pair img")].every(
      ({ naturalWidth }) => naturalWidth > 0,
    ),
  );
  const picture = (await page.locator(".pair").boundingBox())!;
  const height = picture.y + picture.height / 2;
  await page.mouse.move(picture.x + picture.width / 2, height);
  await page.mouse.down();
  await page.mouse.move(picture.x + picture.width / 4, height);
  await page.mouse.up();
  expect(await line.inputValue()).toBe("25");

  const downloading = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download the result" }).click();
  expect((await downloading).suggestedFilename()).toMatch(/^rotated_video.*\.mp4$/);
});

test("the keyboard alone selects, deletes, undoes and opens", async () => {
  await using watched = await openPage(running);
  const { page } = watched;
  const row = page.locator(".row", { hasText: "rotated_video.mp4" });
  await row.waitFor();
  const press = (...keys: string[]) =>
    keys.reduce(async (before, key) => {
      await before;
      await page.keyboard.press(key);
    }, Promise.resolve());
  const focused = () =>
    page.evaluate(() => {
      const element = document.activeElement;
      return element?.getAttribute("aria-label") ?? element?.textContent ?? "";
    });
  /** Tab until an element of this name has the focus. */
  const tabTo = async (name: string, key = "Tab") => {
    for (let presses = 0; (await focused()) !== name; presses++) {
      if (presses > 40) throw new Error(`The keyboard does not reach ${name}.`);
      await press(key);
    }
  };

  await press("Tab");
  expect(await focused()).toBe("Skip to the content");
  await tabTo("Select rotated_video.mp4");
  await press("Space");
  await tabTo("Delete 1", "Shift+Tab");
  await press("Enter");
  await row.waitFor({ state: "detached" });
  await tabTo("Undo");
  await press("Enter");
  await row.waitFor();
  await tabTo("rotated_video.mp4");
  await press("Enter");
  await page.getByRole("heading", { name: "rotated_video.mp4" }).waitFor();
});

test("after being offline the list is current again", async () => {
  await using watched = await openPage(running);
  const { page } = watched;
  watched.expectFaults(/ERR_INTERNET_DISCONNECTED|ERR_NETWORK_CHANGED/);
  await page.locator(".row").first().waitFor();
  await page.context().setOffline(true);
  await page.getByText("You are offline").waitFor();
  await announceMany(running, 1);
  await page.context().setOffline(false);
  await page.locator(".row", { hasText: "film-1.mp4" }).waitFor();
  await page.getByText("You are offline").waitFor({ state: "detached" });
});

/** A file in the queue that does not start. Resolves with its id. */
async function waiting(pool: pg.Pool, n: number): Promise<string> {
  const file = await announcedFile(pool, { file_name: `waiting-${n}.mp4` });
  await pool.query("update files set launch_after = now() + interval '1 hour' where file_id = $1", [
    file.file_id,
  ]);
  await arrive(pool, objectOf(file));
  return file.file_id;
}

test("when a file leaves the queue, those that keep waiting move up on a page that is open", async () => {
  const pool = await openDatabase(running);
  const ids = [await waiting(pool, 1), await waiting(pool, 2), await waiting(pool, 3)];
  await using watched = await openPage(running);
  const { page } = watched;
  const placeOf = (n: number, place: number) =>
    page
      .locator(".row", { hasText: `waiting-${n}.mp4` })
      .getByText(`Place ${place} in the queue`)
      .waitFor();
  await placeOf(3, 3);
  await fetch(`${running.transpod.url}/upload/${ids[0]}/cancel`, { method: "POST" });
  await placeOf(2, 1);
  await placeOf(3, 2);
  await page.getByRole("link", { name: "waiting-3.mp4" }).click();
  await page.getByText("It is at place 2 in the queue.").waitFor();
  await fetch(`${running.transpod.url}/upload/${ids[1]}/cancel`, { method: "POST" });
  await page.getByText("It is at place 1 in the queue.").waitFor();
  await fetch(`${running.transpod.url}/upload/${ids[2]}/cancel`, { method: "POST" });
  await pool.end();
});

test("10,000 files scroll smoothly: few rows are in the document, whichever they are", async () => {
  await announceMany(running, 10_000, "many");
  await using watched = await openPage(running);
  const { page } = watched;
  await page.locator(".row", { hasText: "many-10000.mp4" }).waitFor();
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable");
  const busySeconds = async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    return metrics.find(({ name }) => name === "TaskDuration")?.value ?? NaN;
  };
  const before = await busySeconds();
  let loaded = 0;
  const pages = 20;
  for (let i = 0; i < pages; i++) {
    const more = page.waitForResponse((answer) => answer.url().includes("cursor="));
    await page.mouse.wheel(0, 100_000);
    await more;
    loaded += 100;
    expect(await page.locator(".rows > li").count()).toBeLessThan(60);
  }
  expect(loaded).toBe(2000);
  // A page of a hundred rows costs far less than the time in which someone scrolls through them.
  expect((await busySeconds()) - before).toBeLessThan(pages * 0.25);
});

test("the overview counts what ended lately, and what did not end by its state", async () => {
  await using watched = await openPage(running, "/overview");
  const { page } = watched;
  await page.locator(".figures", { hasText: "Completed1" }).waitFor();
  const states = page.locator("section", { hasText: "Not finished, by state" }).locator("tbody tr");
  expect(await states.allTextContents()).toEqual([
    "Waiting for upload10,001",
    "Received0",
    "In the queue0",
    "Transcoding0",
  ]);
});
