import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { startChild, type Child } from "@transpod/embedded/child.ts";
import { startPostgres, type PostgresOptions } from "@transpod/embedded/postgres/server.ts";

export interface RunningPart {
  /** Of the process itself. */
  pid: number;
  exited: Child["exited"];
  stop(): Promise<unknown>;
}

const sayPid = fileURLToPath(new URL("print-pid.ts", import.meta.url));
const startTimeoutMs = 60_000;
const { PATH, HOME, NODE_COMPILE_CACHE } = process.env;
const inherited = { PATH, HOME, NODE_COMPILE_CACHE };

/** A process of the service that the storm kills and starts again. */
export class Part {
  readonly name: string;
  kills = 0;
  /** Its last output each time it ended without being killed, which must not happen. */
  readonly deaths: string[] = [];
  /** In bytes; undefined where the platform does not tell. */
  peakMemory: number | undefined;
  readonly #start: () => Promise<RunningPart>;
  #running: RunningPart | undefined;
  #ending = false;

  constructor(name: string, start: () => Promise<RunningPart>) {
    this.name = name;
    this.#start = start;
  }

  async start(): Promise<void> {
    const deadline = Date.now() + startTimeoutMs;
    for (;;) {
      try {
        const running = await this.#start();
        this.#running = running;
        void running.exited.then(() => this.#died(running));
        return;
      } catch (error) {
        // What a killed predecessor left running takes a moment to end.
        if (Date.now() > deadline) throw error;
        await delay(200);
      }
    }
  }

  /** Ends it by SIGKILL, and starts it again after a while. False when it is down already. */
  async kill(awayMs: number): Promise<boolean> {
    const running = this.#running;
    if (running === undefined) return false;
    this.measure();
    this.#running = undefined;
    this.kills += 1;
    process.kill(running.pid, "SIGKILL");
    await running.exited;
    await delay(awayMs);
    await this.start();
    return true;
  }

  measure(): void {
    if (this.#running === undefined) return;
    try {
      const status = readFileSync(`/proc/${this.#running.pid}/status`, "utf8");
      const peak = Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
      if (peak > (this.peakMemory ?? 0)) this.peakMemory = peak;
    } catch {
      // The process has ended, or this is not Linux.
    }
  }

  async stop(): Promise<void> {
    this.measure();
    this.#ending = true;
    await this.#running?.stop();
  }

  #died(running: RunningPart): void {
    if (this.#ending || this.#running !== running) return;
    this.#running = undefined;
    this.deaths.push(`${this.name} ended by itself.`);
    void this.start().catch(() => {});
  }
}

/** A module as a child process. Resolves when the process runs, before the module has done its work. */
export async function startModule(
  entryPoint: string,
  env: NodeJS.ProcessEnv,
  onLine: (line: string) => void,
): Promise<RunningPart> {
  return await new Promise((resolve, reject) => {
    const child = startChild({
      command: process.execPath,
      args: ["--import", sayPid, entryPoint],
      env: { ...inherited, ...env },
      onLine(line) {
        const pid = /^pid (\d+)$/.exec(line)?.[1];
        if (pid === undefined) onLine(line);
        else resolve({ pid: Number(pid), exited: child.exited, stop: () => child.stop() });
      },
    });
    void child.exited.then(() => reject(new Error(`${entryPoint} did not start`)));
  });
}

/** Postgres is killed by the pid of its postmaster: its children end after it. */
export async function startKillablePostgres(options: PostgresOptions): Promise<RunningPart> {
  const server = await startPostgres(options);
  const pid = Number.parseInt(readFileSync(join(options.folder, "postmaster.pid"), "utf8"), 10);
  return { pid, exited: server.exited, stop: () => server.stop() };
}
