import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const supervisorPath = fileURLToPath(new URL("supervisor.ts", import.meta.url));

export interface ChildOptions {
  command: string;
  args?: readonly string[];
  /** The whole environment of the child; ours is not inherited. */
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  /** The signal that asks the child to end; by default SIGTERM. */
  stopSignal?: NodeJS.Signals;
  /** After how long SIGKILL follows the stop signal. */
  graceMs?: number;
  /** Receives each line of standard output and standard error. */
  onLine?: (line: string) => void;
}

/**
 * `code` is null when a signal ended the child. It is 127 when the child did not start; a line of
 * output has the reason.
 */
export interface ChildExit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface Child {
  /** The supervisor process. Ending it ends the child. */
  pid: number | undefined;
  /** Resolves when the child, and all processes that share its output, have ended. Never rejects. */
  exited: Promise<ChildExit>;
  /** Asks the child to end, kills it after the grace period, and waits for its end. */
  stop(): Promise<ChildExit>;
}

/**
 * Starts a command that ends when this process ends, even by SIGKILL, together with everything it
 * started in its process group. Both stopping it and our death close the standard input of
 * supervisor.ts, which then ends the command. Signals from the terminal (Ctrl-C) do not reach the
 * child: we decide when it ends.
 */
export function startChild(options: ChildOptions): Child {
  const { command, args = [], stopSignal = "SIGTERM", graceMs = 10_000, onLine } = options;
  const supervisor = spawn(
    process.execPath,
    [supervisorPath, stopSignal, String(graceMs), command, ...args],
    {
      cwd: options.cwd,
      env: options.env,
      detached: true,
      stdio: ["pipe", "pipe", "pipe"],
    },
  );

  const exited = new Promise<ChildExit>((resolve) => {
    supervisor.once("error", (error) => {
      onLine?.(`${command} did not start: ${error.message}`);
      resolve({ code: 127, signal: null });
    });
    supervisor.once("close", (code, signal) => resolve({ code, signal }));
  });
  for (const stream of [supervisor.stdout, supervisor.stderr]) {
    createInterface(stream).on("line", (line) => onLine?.(line));
  }
  supervisor.stdin.on("error", () => {}); // the supervisor has ended already: `exited` resolves

  return {
    pid: supervisor.pid,
    exited,
    stop() {
      supervisor.stdin.end();
      return exited;
    },
  };
}
