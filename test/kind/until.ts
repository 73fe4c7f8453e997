import { setTimeout as delay } from "node:timers/promises";
import { kubectl } from "./tools.ts";

const pollMs = 400;

export interface WaitOptions {
  seconds?: number;
}

/**
 * Asks again until the condition gives something, and resolves with it. That it throws counts as no:
 * a port-forward breaks when its pod is replaced. Gives up with what the cluster looks like.
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

/** For whoever reads a failed run: the cluster may be gone by then. */
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
