import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { expect, test } from "vitest";
import type { StormFigures } from "./storm.ts";

const main = fileURLToPath(new URL("main.ts", import.meta.url));

async function storm(...args: string[]) {
  const deadline = ["--deadline-seconds", "200", "--json"];
  const { exitCode, stdout, stderr } = await execa(process.execPath, [main, ...args, ...deadline], {
    reject: false,
  });
  // Without figures it ended with an error.
  if (stdout === "") throw new Error(stderr);
  return { exitCode, figures: JSON.parse(stdout) as StormFigures };
}

const unharmed = { lost: 0, published_twice: 0, chunks_left: 0, findings: [], unasked_ends: [] };

test.concurrent(
  "of 150 videos none is lost or published twice, whoever is killed when",
  { timeout: 300_000 },
  async () => {
    const args = ["--videos", "150", "--max-running-jobs", "30", "--kill-every-seconds", "2"];
    const { exitCode, figures } = await storm(...args);
    expect(figures).toMatchObject({ submitted: 150, completed: 150, ...unharmed });
    expect(figures.cut.wrong).toBe(0);
    expect(figures.cut.published).toBeGreaterThan(10);
    expect(figures.cut.most_workers).toBeGreaterThan(1);
    const { workers, ...processes } = figures.kills;
    expect(workers! + Object.values(processes).reduce((sum, n) => sum + n, 0)).toBeGreaterThan(2);
    expect(exitCode).toBe(0);
  },
);

test.concurrent("real transcodes come through a storm", { timeout: 300_000 }, async () => {
  const { exitCode, figures } = await storm("--workers", "real", "--videos", "4");
  expect(figures).toMatchObject({ submitted: 4, completed: 4, ...unharmed });
  expect(figures.cut.published).toBeGreaterThan(0);
  expect(exitCode).toBe(0);
});
