import { setTimeout as delay } from "node:timers/promises";
import { kubectl } from "./tools.ts";

const pollMs = 400;

export interface WaitOptions {
  seconds?: number;
}

/**
 * Polls until the condition returns a value, and resolves with it. An error counts as no value: a
 * port-forward breaks when its pod is replaced. After the timeout it throws with the state of the
 * cluster.
 */
export async function until<T>(
  condition: () => Promise<T | undefined | false>,
  what: string,
  { seconds = 90 }: WaitOptions = {},
): Promise<T> {
  const deadline = performance.now() + seconds * 1_000;
  let lastError: unknown;
  for (;;) {
    try {
      const answer = await condition();
      if (answer !== undefined && answer !== false) return answer;
      lastError = undefined;
    } catch (error) {
      lastError = error;
    }
    if (performance.now() > deadline) {
      const sentence = `After ${seconds} s still not: ${what}.`;
      throw new Error(`${sentence}\n${await evidence()}`, { cause: lastError });
    }
    await delay(pollMs);
  }
}

/** The state of the cluster, for the log of a failed run. */
async function evidence(): Promise<string> {
  const controller = "app.kubernetes.io/component=controller";
  const looks: [string, string[]][] = [
    ["jobs", ["get", "jobs", "-L", "transpod.io/file,transpod.io/attempt"]],
    ["pods", ["get", "pods", "-o", "wide"]],
    ["events", ["get", "events", "--sort-by", ".lastTimestamp"]],
    ["controller", ["logs", "-l", controller, "--tail", "40", "--prefix"]],
  ];
  const seen = await Promise.all(
    looks.map(async ([title, args]) => {
      const said = await kubectl(args).catch((error: unknown) => String(error));
      return `--- ${title}\n${said.split("\n").slice(-40).join("\n")}`;
    }),
  );
  return seen.join("\n");
}
