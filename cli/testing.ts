import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { vi } from "vitest";

const entryPoint = fileURLToPath(new URL("main.ts", import.meta.url));

/** Nothing from the environment of the test: neither credentials nor a region. */
const environment = {
  PATH: process.env["PATH"],
  HOME: "/nonexistent",
  AWS_EC2_METADATA_DISABLED: "true",
  NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"],
};

/** For tests: the command as a separate process, without a terminal. */
export function startCommand(args: string[], more: NodeJS.ProcessEnv = {}, input = "") {
  const child = spawn(process.execPath, [entryPoint, ...args], {
    env: { ...environment, ...more },
  });
  child.stdin.end(input);
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const ended = once(child, "close").then(([exitCode]) => ({ exitCode, stdout, stderr }));
  return {
    ended,
    /** Waits until it has written this on stderr. */
    says: (text: string) => vi.waitUntil(() => stderr.includes(text), 20_000),
    kill: (signal: NodeJS.Signals = "SIGKILL") => child.kill(signal),
  };
}

/** For tests: the command from its start to its end. */
export async function transpod(args: string[], more: NodeJS.ProcessEnv = {}, input = "") {
  return await startCommand(args, more, input).ended;
}

/**
 * For tests: the command on a pseudo-terminal of Python. Types an answer when the question is on the screen.
 */
export async function transpodOnTerminal(
  args: string[],
  { question, answer, env = {} }: { question: string; answer: string; env?: NodeJS.ProcessEnv },
) {
  // The terminal of Python has neither rows nor columns.
  const sized = 'stty rows 24 cols 100; exec "$@"';
  const command = JSON.stringify(["sh", "-c", sized, "sh", process.execPath, entryPoint, ...args]);
  const script = `import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(${command})))`;
  const child = spawn("python3", ["-c", script], {
    env: { ...environment, TERM: "xterm", ...env },
  });
  let screen = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    const asked = screen.includes(question);
    screen += text;
    if (!asked && screen.includes(question)) child.stdin.write(answer);
  });
  const [exitCode] = await once(child, "close");
  return { exitCode, screen };
}

/** For tests: an installation's suffix that no other test has. */
export function freshSuffix(): string {
  return `test-${randomBytes(4).toString("hex")}`;
}
