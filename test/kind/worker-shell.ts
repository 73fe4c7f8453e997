import type { Pod } from "./objects.ts";
import { kubectl } from "./tools.ts";

/** Runs a script in the worker's container, as the worker's user. Resolves with its output. */
export async function runInPod({ metadata }: Pod, script: string): Promise<string> {
  const { name, namespace } = metadata;
  return await kubectl(["exec", name, "--", "sh", "-c", script], { namespace });
}

/** Runs a program with Node there. The image has no other tool that is always the same. */
export async function runNodeInPod(
  { metadata }: Pod,
  program: string,
  input: string,
): Promise<string> {
  const node = ["node", "--input-type=module", "--eval", program];
  return await kubectl(["exec", "--stdin", metadata.name, "--", ...node], { input });
}

/**
 * Whether the pod can open a connection there, `name:port`. Packets that a NetworkPolicy forbids are
 * dropped, so a "no" takes the whole timeout.
 */
export async function connects(pod: Pod, where: string): Promise<boolean> {
  const [name = "", port = ""] = where.split(":");
  const program = `
    import { connect } from "node:net";
    const socket = connect({ host: "${name}.svc", port: ${port}, timeout: 5_000 });
    const say = (answer) => { console.log(answer); socket.destroy(); };
    socket.on("connect", () => say("connected")).on("timeout", () => say("timed out"))
      .on("error", (error) => say(error.code));`;
  return (await runNodeInPod(pod, program, "")) === "connected";
}

/** Stops the encoder where it is. The worker calls it stalled after a minute. */
export async function freeze(pod: Pod): Promise<void> {
  await runInPod(pod, signalEncoder("STOP"));
}

export async function thaw(pod: Pod): Promise<void> {
  await runInPod(pod, signalEncoder("CONT"));
}

function signalEncoder(signal: "STOP" | "CONT"): string {
  return `for process in /proc/[0-9]*; do
    if [ "$(cat $process/comm)" = ffmpeg ]; then kill -${signal} "\${process#/proc/}"; fi
  done`;
}
