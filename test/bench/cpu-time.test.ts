import { execa } from "execa";
import { expect, test } from "vitest";
import { cpuSecondsOfEnded, cpuSecondsOfTree, parseStat } from "./cpu-time.ts";

test("the times of a process are read, whatever its name is", () => {
  const line = "42 (a) b) S 7 42 42 0 -1 4194304 1 2 3 4 150 50 300 100 20 0 1 0 100 0 0";
  expect(parseStat(line)).toEqual({ parent: 7, own: 2, ended: 4 });
});

test("what a process and its children have used is counted, also when they have ended", async () => {
  const busy = "while (process.cpuUsage().user < 200_000);";
  const [tree, ended] = [await cpuSecondsOfTree(process.pid), await cpuSecondsOfEnded(process.pid)];
  await execa(process.execPath, ["-e", busy]);
  expect(await cpuSecondsOfTree(process.pid)).toBeGreaterThan(tree + 0.15);
  expect(await cpuSecondsOfEnded(process.pid)).toBeGreaterThan(ended + 0.15);
});
