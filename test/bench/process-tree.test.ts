import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { cpuSecondsOfEnded, useOf } from "./process-tree.ts";

/** Uses 0.3 s of CPU time in a grandchild, which stays, and tells its end. */
const busy = `const until = process.cpuUsage().user + 300_000;
  while (process.cpuUsage().user < until);
  console.log("done");
  process.stdin.resume();`;

test.runIf(process.platform === "linux")("descendants count as their ancestor's use", async () => {
  const child = spawn("sh", ["-c", '"$0" -e "$1"; true', process.execPath, busy]);
  await once(child.stdout, "data");
  const { cpuSeconds, rssBytes } = await useOf(child.pid!);
  const before = await cpuSecondsOfEnded(process.pid);
  child.stdin.end();
  await once(child, "close");
  expect(cpuSeconds).toBeGreaterThanOrEqual(0.29);
  expect(rssBytes).toBeGreaterThan(20_000_000);
  expect(await cpuSecondsOfEnded(process.pid)).toBeGreaterThanOrEqual(before + 0.29);
});
