import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const read = (path: string) =>
  readFile(fileURLToPath(new URL(`../../${path}`, import.meta.url)), "utf8");

test("every test that docs/faults.md names is there", async () => {
  const cited = /([\w./-]+\.ts)((?:(?:: |, )"[^"]+")*)/g;
  const missing: string[] = [];
  let names = 0;
  const page = await read("docs/faults.md");
  for (const [, path = "", quoted = ""] of page.replaceAll("`", "").matchAll(cited)) {
    const source = await read(path);
    for (const [, name = ""] of quoted.matchAll(/"([^"]+)"/g)) {
      names += 1;
      if (!source.includes(`"${name}"`)) missing.push(`${path}: ${name}`);
    }
  }
  expect(missing).toEqual([]);
  expect(names).toBeGreaterThan(60);
});

test("docs/faults.md has every number from 1 to 58", async () => {
  const page = await read("docs/faults.md");
  const numbers = [...page.matchAll(/^\| (\d+) +\|/gm)].map(([, number]) => Number(number));
  const all = Array.from({ length: 58 }, (_, n) => n + 1);
  expect(numbers.toSorted((a, b) => a - b)).toEqual(all);
});
