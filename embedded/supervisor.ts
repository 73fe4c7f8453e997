/**
 * Runs one command and ends it when the process that started this one has ended for any reason: a
 * parent killed by SIGKILL can't clean up, but the kernel closes its end of our standard input. (Linux
 * has prctl(PR_SET_PDEATHSIG) for this; macOS has only such a pipe.)
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
    // ESRCH: no process is left. macOS answers EPERM when only zombies are left.
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
// After the parent was killed our output is closed too; writing to it must not end us.
process.stderr.on("error", () => {});

child.on("error", (error) => {
  console.error(`${command} did not start: ${error.message}`);
  process.exit(127);
});

child.on("exit", (code, signal) => {
  signalGroup("SIGKILL"); // processes that it started and left running
  if (code !== null) process.exit(code);
  // Ends in the same way as the command, so that the parent sees its exit.
  process.removeAllListeners(signal as NodeJS.Signals);
  process.kill(process.pid, signal as NodeJS.Signals);
});
