import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, test, vi } from "vitest";
import { startChild } from "./child.ts";

const node = process.execPath;
const childModule = fileURLToPath(new URL("child.ts", import.meta.url));

/** A script that prints "ready <its pid>" and then lives until it is ended. */
const idle = `console.log("ready " + process.pid); setInterval(() => {}, 1000);`;
const ignoresSigterm = `process.on("SIGTERM", () => {}); ${idle}`;
/** A script that starts another one and, when that is ready, runs the given code. */
const startAnother = (andThen: string) => `
  const { spawn } = require("node:child_process");
  const another = spawn(process.execPath, ["-e", ${JSON.stringify(idle)}]);
  another.stdout.once("data", (line) => process.stdout.write(line, () => { ${andThen} }));`;

function start(script: string, graceMs = 10_000) {
  const lines: string[] = [];
  const child = startChild({
    command: node,
    args: ["-e", script],
    graceMs,
    onLine: (line) => lines.push(line),
  });
  return { child, lines };
}

async function readyPid(lines: string[]): Promise<number> {
  const find = () => lines.find((line) => line.startsWith("ready "));
  await vi.waitFor(() => expect(find()).toBeDefined(), 10_000);
  return Number(find()?.slice("ready ".length));
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

const gone = (pid: number) => vi.waitFor(() => expect(isAlive(pid)).toBe(false), 10_000);

test("a child's exit code and its last lines arrive", async () => {
  const { child, lines } = start(`console.log("one"); console.error("two"); process.exitCode = 7`);
  expect(await child.exited).toEqual({ code: 7, signal: null });
  expect(lines.toSorted()).toEqual(["one", "two"]);
});

test("a child that a signal ended is seen to have ended so", async () => {
  const { child, lines } = start(idle);
  process.kill(await readyPid(lines), "SIGKILL");
  expect(await child.exited).toEqual({ code: null, signal: "SIGKILL" });
});

test("a command that does not exist ends with 127 and says so", async () => {
  const lines: string[] = [];
  const child = startChild({ command: "/no/such/command", onLine: (line) => lines.push(line) });
  expect(await child.exited).toEqual({ code: 127, signal: null });
  expect(lines.join()).toContain("/no/such/command did not start");
});

test("stop asks with the stop signal, and may be called again", async () => {
  const { child, lines } = start(idle);
  await readyPid(lines);
  expect(await child.stop()).toEqual({ code: null, signal: "SIGTERM" });
  expect(await child.stop()).toEqual({ code: null, signal: "SIGTERM" });
});

test("a child that is deaf to the stop signal is killed after the grace", async () => {
  const { child, lines } = start(ignoresSigterm, 50);
  await readyPid(lines);
  expect(await child.stop()).toEqual({ code: null, signal: "SIGKILL" });
});

test("what a child started ends with it", async () => {
  const { child, lines } = start(startAnother(""));
  const grandchild = await readyPid(lines);
  await child.stop();
  await gone(grandchild);
});

test("what a child left behind when it ended by itself is ended too", async () => {
  const { child, lines } = start(startAnother("process.kill(process.pid, 9)"));
  const grandchild = await readyPid(lines);
  expect(await child.exited).toEqual({ code: null, signal: "SIGKILL" });
  await gone(grandchild);
});

test("ending the supervisor of a child ends the child", async () => {
  const { child, lines } = start(idle);
  const pid = await readyPid(lines);
  process.kill(child.pid as number, "SIGTERM");
  await child.exited;
  await gone(pid);
});

test.each([
  ["one that listens to the stop signal", idle],
  ["one that is deaf to it", ignoresSigterm],
])("a child does not outlive a parent ended by SIGKILL: %s", async (_name, script) => {
  const parent = spawn(node, [
    "--input-type=module",
    "-e",
    `import { startChild } from ${JSON.stringify(childModule)};
     startChild({ command: process.execPath, args: ["-e", ${JSON.stringify(script)}],
       graceMs: 200, onLine: (line) => console.log(line) });`,
  ]);
  const lines: string[] = [];
  createInterface(parent.stdout).on("line", (line) => lines.push(line));
  const pid = await readyPid(lines);

  parent.kill("SIGKILL");
  await once(parent, "exit");
  await gone(pid);
});
