import autocannon from "autocannon";
import type { Operation } from "./operations.ts";
import type { ProcessUse } from "../process-tree.ts";

/** What one server did in one stretch of time under load. */
export interface Window {
  requestsPerSecond: number;
  /** Milliseconds. */
  p50: number;
  p99: number;
  /** CPU milliseconds per request: of the server, and of Postgres meanwhile. */
  cpuMs: number;
  postgresCpuMs: number;
}

export interface WindowOptions {
  url: string;
  apiKey: string;
  operation: Operation;
  seconds: number;
  connections: number;
  readUse: () => Promise<{ server: ProcessUse; postgres: ProcessUse }>;
}

/** Throws when an answer is no success. */
export async function measureWindow(options: WindowOptions): Promise<Window> {
  const { url, apiKey, operation, seconds, connections, readUse } = options;
  const before = await readUse();
  const result = await autocannon({
    ...{ url: url + operation.path, method: operation.method, duration: seconds, connections },
    headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json" },
    ...(operation.body === undefined ? {} : { body: JSON.stringify(operation.body) }),
  });
  const after = await readUse();
  const { non2xx, errors, latency } = result;
  const answered = result["2xx"];
  if (non2xx + errors > 0 || answered === 0) {
    throw new Error(
      `${operation.name} at ${url}: ${answered} of ${non2xx + errors + answered} succeeded`,
    );
  }
  const cpuMs = (of: "server" | "postgres") =>
    ((after[of].cpuSeconds - before[of].cpuSeconds) * 1000) / answered;
  return {
    requestsPerSecond: answered / result.duration,
    ...{ p50: latency.p50, p99: latency.p99 },
    ...{ cpuMs: cpuMs("server"), postgresCpuMs: cpuMs("postgres") },
  };
}
