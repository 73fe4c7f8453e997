import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { clearLockedPorts } from "get-port";
import { beforeEach, expect, test } from "vitest";
import { choosePorts } from "./ports.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const newFolder = () => ({ path: temporaryFolder() });

// get-port does not return the same port again in one process for some time; a restart is another process.
beforeEach(clearLockedPorts);
const restart = clearLockedPorts;

test("ports are the same after a restart", async () => {
  const folder = newFolder();
  const first = await choosePorts(folder, ["s3", "postgres"]);
  restart();
  expect(await choosePorts(folder, ["postgres", "s3"])).toEqual(first);
});

test("two names never share a port", async () => {
  const { s3, postgres } = await choosePorts(newFolder(), ["s3", "postgres"]);
  expect(s3).not.toBe(postgres);
});

test("a port that somebody else took meanwhile is replaced", async () => {
  const folder = newFolder();
  const { s3 } = await choosePorts(folder, ["s3"]);
  restart();
  const somebody = createServer().listen(s3, "127.0.0.1");
  await once(somebody, "listening");
  const after = await choosePorts(folder, ["s3"]);
  somebody.close();
  expect(after.s3).not.toBe(s3);
});

test("a spoilt file does not keep Transpod from starting", async () => {
  const folder = newFolder();
  writeFileSync(join(folder.path, "ports.json"), '{"s3": "eighty"');
  expect((await choosePorts(folder, ["s3"])).s3).toBeGreaterThan(0);
});
