import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { DataDirInUseError, DataDirUnusableError, openDataDir } from "./data-dir.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const dataDirModule = fileURLToPath(new URL("data-dir.ts", import.meta.url));
const newFolder = () => join(temporaryFolder(), "data");

test("a second start on the same folder is refused with a sentence", () => {
  const folder = newFolder();
  openDataDir(folder);
  expect(() => openDataDir(folder)).toThrow(DataDirInUseError);
  expect(() => openDataDir(folder)).toThrow(`Another Transpod is using ${folder}.`);
});

test("a released folder can be taken again", () => {
  const folder = newFolder();
  openDataDir(folder).release();
  openDataDir(folder).release();
});

test("the folder is free again when its holder was ended by SIGKILL", async () => {
  const folder = newFolder();
  const holder = spawn(process.execPath, [
    "--expose-gc",
    "--input-type=module",
    "-e",
    `import { openDataDir } from ${JSON.stringify(dataDirModule)};
     openDataDir(${JSON.stringify(folder)});
     gc(); // the lock must not depend on who keeps what it was given
     console.log("taken");
     setInterval(() => {}, 1000);`,
  ]);
  await once(holder.stdout, "data");
  expect(() => openDataDir(folder)).toThrow(DataDirInUseError);

  holder.kill("SIGKILL");
  await once(holder, "exit");
  openDataDir(folder).release();
});

test("a path that cannot be a folder is refused with a sentence", () => {
  const file = newFolder();
  writeFileSync(file, "");
  expect(() => openDataDir(file)).toThrow(DataDirUnusableError);
});
