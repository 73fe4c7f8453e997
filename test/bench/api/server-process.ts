import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import getPort from "get-port";
import { startChild } from "@transpod/embedded/child.ts";
import { useOf, type ProcessUse } from "../process-tree.ts";

export interface ServerOptions {
  name: string;
  command: readonly [string, ...string[]];
  /** Besides PORT and HOST. */
  environment: Readonly<Record<string, string>>;
  /** For its log. */
  folder: string;
}

export interface ServerProcess extends AsyncDisposable {
  url: string;
  use(): Promise<ProcessUse>;
}

const host = "127.0.0.1";
const startTimeoutMs = 60_000;

/** Starts an HTTP server as its own process. Its log goes to a file, so that reading it costs nothing. */
export async function startServer(options: ServerOptions): Promise<ServerProcess> {
  const { name, command, environment, folder } = options;
  const port = await getPort({ host });
  const log = join(folder, `${name.replaceAll(/\W+/g, "-")}.log`);
  const child = startChild({
    command: "sh",
    args: ["-c", 'exec "$@" >"$LOG_FILE" 2>&1', "sh", ...command],
    env: {
      ...{ PATH: process.env["PATH"], NODE_ENV: "production", LOG_FILE: log },
      ...{ HOST: host, PORT: String(port), ...environment },
    },
  });
  const url = `http://${host}:${port}`;
  if (!(await answers(url, child.exited))) {
    await child.stop();
    throw new Error(`${name} did not start:\n${await readFile(log, "utf8")}`);
  }
  return {
    url,
    use: () => useOf(child.pid!),
    [Symbol.asyncDispose]: async () => void (await child.stop()),
  };
}

/** Any answer counts. False when the server ended, or did not answer in time. */
async function answers(url: string, exited: Promise<unknown>): Promise<boolean> {
  const ended = exited.then(() => true);
  const deadline = performance.now() + startTimeoutMs;
  while (performance.now() < deadline) {
    const response = await fetch(url).catch(() => undefined);
    await response?.body?.cancel();
    if (response !== undefined) return true;
    if (await Promise.race([ended, delay(50, false)])) return false;
  }
  return false;
}
