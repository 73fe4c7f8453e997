import type { RequestHandler } from "express";

/** Resolves when the service can be used, else throws. */
export type Check = (signal: AbortSignal) => Promise<unknown>;

interface Readiness {
  ready: boolean;
  checks: Record<string, "ok" | "failed">;
}

const timeoutMs = 3_000;

/** Runs all checks at once; one that takes more than three seconds has failed. */
async function checkReadiness(checks: Readonly<Record<string, Check>>): Promise<Readiness> {
  const results = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => [name, await passes(check)] as const),
  );
  return {
    ready: results.every(([, ok]) => ok),
    checks: Object.fromEntries(results.map(([name, ok]) => [name, ok ? "ok" : "failed"])),
  };
}

/** `GET /healthz`: whether the process runs, whatever the state of its dependencies. */
export const healthRoute: RequestHandler = (_request, response) => {
  response.json({ status: "ok" });
};

/** `GET /readyz`: 200 when all checks pass, else 503 that names those that failed. */
export function readinessRoute(checks: Readonly<Record<string, Check>>): RequestHandler {
  return async (_request, response) => {
    const result = await checkReadiness(checks);
    response.status(result.ready ? 200 : 503).json(result);
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
