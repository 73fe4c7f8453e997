import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";

const dist = fileURLToPath(new URL("../../web/dist", import.meta.url));

test("the first load is at most 100 kB in all, compressed", async () => {
  const html = await readFile(`${dist}/index.html`, "utf8");
  const assets = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map((m) => m[1] ?? "");
  expect(assets.some((path) => path.endsWith(".js"))).toBe(true);
  const files = await Promise.all(assets.map((path) => readFile(dist + path)));
  const bytes = [Buffer.from(html), ...files].map((file) => gzipSync(file).length);
  expect(bytes.reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(100_000);
});
