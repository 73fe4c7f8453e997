import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { openLogFile } from "./log-file.ts";

const maxBytes = 4_000;
let path: string;
beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), "transpod-log-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  path = join(folder, "transpod.log");
});

const nameOf = (n: number) => (n === 0 ? path : `${path}.${n}`);
const countFiles = () => readdirSync(join(path, "..")).length;
const sizes = () => Array.from({ length: countFiles() }, (_, n) => statSync(nameOf(n)).size);

/** The lines of all files, the oldest first. */
function readLines(): string[] {
  const names = Array.from({ length: countFiles() }, (_, n) => nameOf(n)).toReversed();
  return names.flatMap((name) => {
    const text = readFileSync(name, "utf8");
    expect(text.endsWith("\n")).toBe(true);
    return text.slice(0, -1).split("\n");
  });
}

/** Logs lines in a separate process, which is killed with SIGKILL right after the last one. */
function logAndDie(lines: number, maxFiles: number): void {
  const logger = fileURLToPath(new URL("logger.ts", import.meta.url));
  const logFile = fileURLToPath(new URL("log-file.ts", import.meta.url));
  const script = `
    import { createLogger } from ${JSON.stringify(logger)};
    import { openLogFile } from ${JSON.stringify(logFile)};
    const destination = openLogFile(${JSON.stringify(path)}, ${JSON.stringify({ maxBytes, maxFiles })});
    const log = createLogger({ service: "test", level: "info", destination });
    for (let n = 0; n < ${lines}; n += 1) log.info({ n, text: "ü".repeat(n % 100) });
    process.kill(process.pid, "SIGKILL");
  `;
  const { signal } = spawnSync(process.execPath, ["--input-type=module", "--eval", script]);
  expect(signal).toBe("SIGKILL");
}

const numbers = () => readLines().map((line) => (JSON.parse(line) as { n: number }).n);
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => from + n);

test("no line is lost or split between files, even if the process is killed with SIGKILL", () => {
  logAndDie(300, 100);
  expect(numbers()).toEqual(range(0, 300));
  expect(countFiles()).toBeGreaterThan(5);
  for (const size of sizes()) expect(size).toBeLessThanOrEqual(maxBytes);
});

test("the files keep the last lines, also after a restart", () => {
  logAndDie(300, 3);
  expect(countFiles()).toBe(3);
  const before = numbers();
  expect(before).toEqual(range(before[0]!, 300));
  logAndDie(10, 3);
  expect(numbers().slice(-11)).toEqual([299, ...range(0, 10)]);
  for (const size of sizes()) expect(size).toBeLessThanOrEqual(maxBytes);
});

test("a file that is already too large is renamed, and a line that is too long gets its own file", () => {
  writeFileSync(path, `${"old".repeat(maxBytes)}\n`);
  const file = openLogFile(path, { maxBytes, maxFiles: 5 });
  const long = "long".repeat(maxBytes);
  for (const line of ["first", long, "last"]) file.write(`${line}\n`);
  file.end();
  expect(readLines()).toEqual(["old".repeat(maxBytes), "first", long, "last"]);
  expect(countFiles()).toBe(4);
});
