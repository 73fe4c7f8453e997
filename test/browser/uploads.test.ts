import { mkdir, mkdtemp, copyFile, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { execa } from "execa";
import type { Page, Request, Route } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pathOfReal, realFiles } from "../media/real-files.ts";
import { openPage, startBrowserTest, type BrowserTest } from "./browser.ts";

let running: BrowserTest;
let folder: string;
const maxUploadBytes = 100_000_000;
/** Several parts. */
let large: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "transpod-uploads-"));
  large = join(folder, "large.mp4");
  await Promise.all([
    startBrowserTest({ MAX_UPLOAD_BYTES: String(maxUploadBytes) }).then(
      (started) => void (running = started),
    ),
    ffmpeg("-t", "2", "-vf", "noise=alls=60:allf=t", "-c:v", "libx264", "-qp", "6", large),
    ffmpeg("-t", "1", "-c:v", "libvpx-vp9", "-deadline", "realtime", join(folder, "web.mp4")),
    ffmpeg("-t", "1", "-c:v", "libx264", "-pix_fmt", "yuv420p", join(folder, "small.mp4")),
    writeFile(join(folder, "text.mp4"), "This is not a video."),
    writeFile(join(folder, "notes.txt"), "Nor is this."),
    writeFile(join(folder, "huge.mp4"), ""),
  ]);
});
afterAll(async () => {
  await running?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function ffmpeg(...args: string[]): Promise<void> {
  const source = ["-f", "lavfi", "-i", "testsrc2=size=1280x720:rate=24"];
  await execa("ffmpeg", [
    "-nostdin",
    "-loglevel",
    "error",
    ...source,
    ...args.slice(0, 2),
    ...["-preset", "ultrafast"],
    ...args.slice(2),
  ]);
}

const choose = (page: Page, ...paths: string[]) =>
  page.locator('input[type="file"]:not([webkitdirectory])').first().setInputFiles(paths);

const rowOf = (page: Page, name: string) => page.locator(".upload-row", { hasText: name });

/** The parts that were asked to be sent, as they are asked. */
function partsSent(page: Page): number[] {
  const numbers: number[] = [];
  page.on("request", (request: Request) => {
    const number = new URL(request.url()).searchParams.get("partNumber");
    if (request.method() === "PUT" && number !== null) numbers.push(Number(number));
  });
  return numbers;
}

test("a video that is dropped is looked into, sent and transcoded", async () => {
  await using watched = await openPage(running);
  const { page } = watched;
  const path = pathOfReal(realFiles.rotated);
  const transfer = await page.evaluateHandle(
    ({ name, base64 }) => {
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      const dropped = new DataTransfer();
      dropped.items.add(new File([bytes], name));
      return dropped;
    },
    { name: basename(path), base64: await readFile(path, "base64") },
  );
  await page.locator(".drop").waitFor();
  await page.dispatchEvent("body", "drop", { dataTransfer: transfer });
  const row = rowOf(page, "rotated_video.mp4");
  await row.getByText("H.264").waitFor();
  await row.getByText("Uploaded").waitFor();
  await page.locator(".row", { hasText: "rotated_video.mp4" }).getByText("Completed").waitFor();
  await row.getByRole("link").click();
  await page.getByRole("heading", { name: "rotated_video.mp4" }).waitFor();
});

test("what would fail is refused with the worker's or the API's sentence, and nothing is sent", async () => {
  await using watched = await openPage(running);
  const { page } = watched;
  const posts: string[] = [];
  page.on("request", (request) => {
    if (request.method() !== "GET") posts.push(request.url());
  });
  await truncate(join(folder, "huge.mp4"), maxUploadBytes + 1);
  const names = ["text.mp4", "web.mp4", "notes.txt", "huge.mp4"];
  await choose(page, ...names.map((name) => join(folder, name)));
  for (const [name, sentence] of [
    ["text.mp4", "The file is not an MP4 or MOV video."],
    ["web.mp4", "The file contains VP9 video; Transpod converts between H.264 and H.265."],
    ["notes.txt", "Only .mp4 and .mov files are accepted."],
    ["huge.mp4", "The file is too large: 100000001 bytes, but at most 100000000 are accepted."],
  ] as const) {
    await rowOf(page, name).getByText(sentence).waitFor();
  }
  expect(posts).toEqual([]);
});

test("after a reload in the middle only the parts that are missing are sent", async () => {
  await using watched = await openPage(running);
  const { page } = watched;
  watched.expectFaults(/ERR_ABORTED|ERR_FAILED/);
  const before = partsSent(page);
  // The last part is held, so that the upload can't end.
  await page.route(/partNumber=[3-9]/, () => {});
  await choose(page, large);
  await rowOf(page, "large.mp4")
    .getByText(/^[3-9]\d %/)
    .waitFor();
  const stored = async () => {
    const { file_id } = await unfinished(page);
    const answer = await fetch(`${running.transpod.url}/upload/${file_id}/multipart`);
    return ((await answer.json()) as { parts: unknown[] }).parts.length;
  };
  await expect.poll(stored, { timeout: 30_000 }).toBe(2);
  page.once("dialog", (dialog) => void dialog.accept());
  await page.reload();
  expect(before).toEqual(expect.arrayContaining([1, 2]));

  await page.unroute(/partNumber=[3-9]/);
  const after = partsSent(page);
  await rowOf(page, "large.mp4").getByText("Interrupted.").waitFor();
  const copy = join(folder, "copy.mp4");
  await copyFile(large, copy);
  await choose(page, copy);
  await rowOf(page, "large.mp4").getByText("Uploaded").waitFor();
  expect(after).not.toContain(1);
  expect(after).not.toContain(2);
  expect(after.length).toBeGreaterThan(0);
});

async function unfinished(page: Page): Promise<{ file_id: string }> {
  const text = await page.evaluate(() => localStorage.getItem("transpod.uploads") ?? "[]");
  const [first] = JSON.parse(text) as { fileId: string }[];
  return { file_id: first?.fileId ?? "" };
}

test("an upload waits while the network is away, and goes on when it is back", async () => {
  await using watched = await openPage(running);
  const { page } = watched;
  watched.expectFaults(/ERR_|Failed to load resource/);
  const path = join(folder, "offline.mp4");
  await copyFile(large, path);
  const held: Route[] = [];
  await page.route(/partNumber=3/, (route) => void held.push(route));
  await choose(page, path);
  const row = rowOf(page, "offline.mp4");
  await row.getByText(/^[3-9]\d %/).waitFor();
  await page.context().setOffline(true);
  for (const route of held) await route.abort("internetdisconnected");
  await row.getByText("You are offline.").waitFor();
  await page.unroute(/partNumber=3/);
  await page.context().setOffline(false);
  await row.getByText("Uploaded").waitFor();
});

test("an upload can be paused, resumed, and cancelled", async () => {
  await using watched = await openPage(running);
  const { page } = watched;
  watched.expectFaults(/ERR_|404/);
  const path = join(folder, "film.mp4");
  await copyFile(large, path);
  await page.route(/partNumber=3/, () => {});
  await choose(page, path);
  const row = rowOf(page, "film.mp4");
  await row.getByText(/^[3-9]\d %/).waitFor();
  await page.getByRole("button", { name: "Pause the upload of film.mp4" }).click();
  await row.getByText("Paused").waitFor();
  const { file_id } = await unfinished(page);
  await page.getByRole("button", { name: "Resume the upload of film.mp4" }).click();
  await row.getByText(/%/).waitFor();
  await page.getByRole("button", { name: "Cancel the upload of film.mp4" }).click();
  await row.waitFor({ state: "detached" });
  const status = async () => (await fetch(`${running.transpod.url}/upload/${file_id}`)).status;
  await expect.poll(status, { timeout: 30_000 }).toBe(404);
});

test("of a folder the videos are taken", async () => {
  await using watched = await openPage(running);
  const { page } = watched;
  const inside = join(folder, "trip", "day 1");
  await mkdir(inside, { recursive: true });
  await copyFile(join(folder, "small.mp4"), join(inside, "beach.mp4"));
  await copyFile(join(folder, "notes.txt"), join(folder, "trip", "notes.txt"));
  await page.locator("input[webkitdirectory]").setInputFiles(join(folder, "trip"));
  await rowOf(page, "beach.mp4").getByText("Uploaded").waitFor();
  expect(await page.locator(".upload-row").count()).toBe(1);
});
