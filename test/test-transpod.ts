import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createInterface } from "node:readline";
import { execa } from "execa";
import type { CrashPoint } from "@transpod/runtime/crash-point.ts";

const embedded = fileURLToPath(new URL("../embedded/main.ts", import.meta.url));

export interface Transpod {
  url: string;
  /** Ends it by a signal; resolves with its exit code when the process is gone. */
  end(signal: NodeJS.Signals): Promise<number | undefined>;
  /** Resolves with the signal that ended it, if one did. */
  killed: Promise<string | undefined>;
  /** Makes it die at a crash point; only with an entry point that supports this. */
  arm(point: CrashPoint): Promise<void>;
}

/** It did not start; the message is its output. */
export class StartError extends Error {}

/** Embedded mode as `make up` runs it, in a separate process. */
export async function startTranspod(
  environment: { DATA_DIR: string } & Record<string, string>,
  entryPoint = embedded,
): Promise<Transpod> {
  const subprocess = execa(process.execPath, [entryPoint], {
    env: { PORT: "0", ...environment },
    all: true,
    reject: false,
    ipc: true,
  });
  const exited = subprocess.then((result) => result.exitCode);
  const killed = subprocess.then((result) => result.signal);
  const url = await Promise.race([
    readUrl(subprocess.stdout),
    subprocess.then(({ all }) => {
      throw new StartError(all);
    }),
  ]);
  return {
    url,
    killed,
    async arm(point) {
      await Promise.all([subprocess.getOneMessage(), subprocess.sendMessage(point)]);
    },
    async end(signal) {
      subprocess.kill(signal);
      return await exited;
    },
  };
}

async function readUrl(stdout: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface(stdout)) {
    const url = /Transpod is ready: API (\S+),/.exec(line)?.[1];
    if (url !== undefined) return url;
  }
  return await new Promise(() => {}); // it ended: the other promise of the race reports that
}

/** The text of all log files, in no particular order of the files. */
export async function readLog(dataDir: string): Promise<string> {
  const names = (await readdir(dataDir)).filter((name) => name.startsWith("transpod.log"));
  const texts = names.map((name) => readFile(join(dataDir, name), "utf8"));
  return (await Promise.all(texts)).join("");
}

/** How many ffmpegs work on files in this folder. */
export async function encodersIn(folder: string): Promise<number> {
  const { stdout } = await execa("ps", ["-A", "-o", "args="]);
  const ours = (line: string) => /^\S*ffmpeg /.test(line) && line.includes(folder);
  return stdout.split("\n").filter(ours).length;
}
