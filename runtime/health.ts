/** Resolves when the part can be used, else throws. */
export type Check = (signal: AbortSignal) => Promise<unknown>;

export interface Readiness {
  ready: boolean;
  checks: Record<string, "ok" | "failed">;
}

const timeoutMs = 3_000;

/** Runs all checks at once; one that takes more than three seconds has failed. */
export async function checkReadiness(checks: Readonly<Record<string, Check>>): Promise<Readiness> {
  const results = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => [name, await passes(check)] as const),
  );
  return {
    ready: results.every(([, ok]) => ok),
    checks: Object.fromEntries(results.map(([name, ok]) => [name, ok ? "ok" : "failed"])),
  };
}

async function passes(check: Check): Promise<boolean> {
  const signal = AbortSignal.timeout(timeoutMs);
  const timeout = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(new Error("timed out")), { once: true });
  });
  try {
    await Promise.race([check(signal), timeout]);
    return true;
  } catch {
    return false;
  }
}
