import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pathOfReal, realFiles } from "../media/real-files.ts";
import { startBrowserTest, type BrowserTest } from "./browser.ts";
import { ended } from "./videos.ts";

const document = fileURLToPath(new URL("../../docs/uploads.md", import.meta.url));
/** More than one part. */
const paddingBytes = 20 * 1024 * 1024;

let running: BrowserTest;
let site: Server;
let folder: string;
let video: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "transpod-uppy-"));
  video = join(folder, "holiday.mp4");
  await writeFile(video, padded(await readFile(pathOfReal(realFiles.rotated))));
  // Somebody else's page has another origin.
  running = await startBrowserTest({ CORS_ORIGINS: "*" });
  const script = await bundled(running.transpod.url);
  site = createServer((request, response) => {
    const isScript = request.url === "/site.js";
    response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
    response.end(isScript ? script : '<input type="file"><script src="/site.js"></script>');
  }).listen(0, "127.0.0.1");
  await once(site, "listening");
});
afterAll(async () => {
  await running?.stop();
  site?.close();
  await rm(folder, { recursive: true, force: true });
});

/** The same video with a `free` box at its end, which players skip (ISO/IEC 14496-12, 8.1.2). */
function padded(original: Buffer): Buffer {
  const box = Buffer.alloc(paddingBytes);
  box.writeUInt32BE(paddingBytes);
  box.write("free", 4);
  return Buffer.concat([original, box]);
}

/** A site that has exactly the lines of the document, for the API that runs here. */
async function bundled(api: string): Promise<string> {
  const [, lines = ""] = /```js\n(import Uppy.*?)```/s.exec(await readFile(document, "utf8")) ?? [];
  const named = lines.replace('"https://transpod.example.com"', JSON.stringify(api));
  expect(named).not.toBe(lines);
  const { outputFiles } = await build({
    stdin: {
      contents: `${named}
        globalThis.uppy = uppy;
        document.querySelector("input").addEventListener("change", ({ target }) => {
          uppy.addFile(target.files[0]);
          globalThis.uploaded = uppy.upload();
        });`,
      resolveDir: import.meta.dirname,
    },
    bundle: true,
    write: false,
    format: "iife",
  });
  return outputFiles[0]?.text ?? "";
}

interface Site {
  uppy: { pauseAll(): void; resumeAll(): void; cancelAll(): void };
  uploaded: Promise<{ successful: unknown[]; failed: unknown[] }>;
}

/** Chooses the video, and resolves with its id when S3 has its first part; the second is held. */
async function sendFirstPart(page: Page): Promise<string> {
  await page.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/`);
  await page.route(/partNumber=2/, () => {});
  const announced = page.waitForResponse(`${running.transpod.url}/upload`);
  await page.locator("input").setInputFiles(video);
  const { file_id } = (await (await announced).json()) as { file_id: string };
  const stored = async () => {
    const answer = await fetch(`${running.transpod.url}/upload/${file_id}/multipart`);
    const { parts = [] } = (await answer.json()) as { parts?: { part_number: number }[] };
    return parts.map(({ part_number }) => part_number);
  };
  await expect.poll(stored, { timeout: 30_000 }).toEqual([1]);
  return file_id;
}

test("Uppy with the lines of docs/uploads.md sends a video, and after a pause only what S3 does not have", async () => {
  await using page = await running.browser.newPage();
  const fileId = await sendFirstPart(page);
  await page.evaluate(() => (globalThis as unknown as Site).uppy.pauseAll());
  await page.unroute(/partNumber=2/);
  const sent: (string | null)[] = [];
  page.on("request", (request) => {
    if (request.method() === "PUT")
      sent.push(new URL(request.url()).searchParams.get("partNumber"));
  });
  const counts = await page.evaluate(async () => {
    const { uppy, uploaded } = globalThis as unknown as Site;
    uppy.resumeAll();
    const { successful, failed } = await uploaded;
    return { successful: successful.length, failed: failed.length };
  });
  expect(counts).toEqual({ successful: 1, failed: 0 });
  expect(sent).toEqual(["2"]);
  expect(await ended(running, fileId)).toMatchObject({ processing_status: "completed" });
});

test("what is cancelled in Uppy is deleted", async () => {
  await using page = await running.browser.newPage();
  const fileId = await sendFirstPart(page);
  await page.evaluate(() => (globalThis as unknown as Site).uppy.cancelAll());
  const status = async () => (await fetch(`${running.transpod.url}/upload/${fileId}`)).status;
  await expect.poll(status, { timeout: 30_000 }).toBe(404);
});
