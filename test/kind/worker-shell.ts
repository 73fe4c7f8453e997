import type { Pod } from "./objects.ts";
import { kubectl } from "./tools.ts";

/** What a shell in the worker's container says, as the user that the worker is. */
export async function inside({ metadata }: Pod, script: string): Promise<string> {
  const { name, namespace } = metadata;
  return await kubectl(["exec", name, "--", "sh", "-c", script], { namespace });
}

/** What a program for Node prints there: the image has no other tool that is sure to be the same. */
export async function nodeInside(
  { metadata }: Pod,
  program: string,
  input: string,
): Promise<string> {
  const node = ["node", "--input-type=module", "--eval", program];
  return await kubectl(["exec", "--stdin", metadata.name, "--", ...node], { input });
}

/** Stops the encoder where it is. The worker calls it stalled after a minute. */
export async function freeze(pod: Pod): Promise<void> {
  await inside(pod, signalEncoder("STOP"));
}

export async function thaw(pod: Pod): Promise<void> {
  await inside(pod, signalEncoder("CONT"));
}

function signalEncoder(signal: "STOP" | "CONT"): string {
  return `for process in /proc/[0-9]*; do
    if [ "$(cat $process/comm)" = ffmpeg ]; then kill -${signal} "\${process#/proc/}"; fi
  done`;
}
