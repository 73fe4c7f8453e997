/**
 * Runs one command and ends it when the process that started this one is gone, however that ended:
 * a parent killed by SIGKILL can clean nothing up, but the kernel closes its end of our standard
 * input. (Linux has prctl(PR_SET_PDEATHSIG) for this; macOS has nothing but such a pipe.)
 *
 * Started by child.ts, with the arguments: stop signal, grace in milliseconds, command, arguments.
 */
import { spawn } from "node:child_process";

const [stopSignal, graceMs, command, ...args] = process.argv.slice(2);
if (!stopSignal || !graceMs || !command) throw new Error("supervisor: arguments are missing");

// Detached: in a process group of its own, so that what the command starts can be ended with it.
const child = spawn(command, args, { detached: true, stdio: ["ignore", "inherit", "inherit"] });

function signalGroup(signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    // ESRCH: nobody is left. macOS says EPERM when only zombies are.
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ESRCH" && code !== "EPERM") throw error;
  }
}

let stopping = false;
function stop(): void {
  if (stopping) return;
  stopping = true;
  signalGroup(stopSignal as NodeJS.Signals);
  setTimeout(() => signalGroup("SIGKILL"), Number(graceMs));
}

process.stdin.on("close", stop).resume();
for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, stop);
// The parent's end of our output is gone as well when it was killed; that must not end us first.
process.stderr.on("error", () => {});

child.on("error", (error) => {
  console.error(`${command} did not start: ${error.message}`);
  process.exit(127);
});

child.on("exit", (code, signal) => {
  signalGroup("SIGKILL"); // what it started and left behind
  if (code !== null) process.exit(code);
  // Ends as the command did, so that the parent sees the same.
  process.removeAllListeners(signal as NodeJS.Signals);
  process.kill(process.pid, signal as NodeJS.Signals);
});
