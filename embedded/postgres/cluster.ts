import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { TranspodError } from "@transpod/contract/errors.ts";
import { startChild } from "../child.ts";
import type { PostgresBinaries } from "./binaries.ts";
import type { RunAs } from "./run-as.ts";

export const USER = "transpod";

/**
 * Creates the database's files unless they exist, and returns its user's password.
 *
 * They are created under another name and renamed when complete, so that an interrupted initdb leaves
 * no database.
 */
export async function prepareCluster(
  folder: string,
  { initdb }: PostgresBinaries,
  runAs: RunAs,
): Promise<string> {
  const passwordFile = `${folder}-password`;
  if (!existsSync(folder)) {
    const unfinished = `${folder}.new`;
    await rm(unfinished, { recursive: true, force: true });
    await mkdir(unfinished, { mode: 0o700 });
    await runAs.own(unfinished);
    await writeFile(passwordFile, randomBytes(24).toString("hex"), { mode: 0o600 });
    await run(
      runAs.wrap(initdb, [
        `--pgdata=${unfinished}`,
        `--username=${USER}`,
        `--pwfile=${passwordFile}`,
        "--auth=scram-sha-256",
        // The same on every machine, independent of its locale.
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
      ]),
    );
    await rename(unfinished, folder);
  }
  return readFile(passwordFile, "utf8");
}

async function run({ command, args }: { command: string; args: readonly string[] }): Promise<void> {
  const lines: string[] = [];
  const { code } = await startChild({
    command,
    args,
    env: process.env,
    onLine: (line) => lines.push(line),
  }).exited;
  if (code !== 0) {
    const output = lines.slice(-5).join(" ");
    throw new TranspodError(
      "postgres_init_failed",
      `initdb could not make the database: ${output}`,
    );
  }
}
