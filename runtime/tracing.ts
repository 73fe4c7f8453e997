import type { Logger } from "./logger.ts";

/** A step that has ended. */
export interface Step {
  name: string;
  start: Date;
  end: Date;
  attributes?: Readonly<Record<string, string | number>>;
  /** Why it failed, in a sentence. */
  error?: string | undefined;
  steps?: readonly Step[];
}

/** A request that is being answered. */
export interface TracedRequest {
  /** For what the request causes: https://www.w3.org/TR/trace-context/#traceparent-header */
  traceparent: string;
  end(status: number): void;
}

export interface Tracing {
  /** Begins a trace, or continues the one that the request's headers name. */
  begin(
    name: string,
    headers: Readonly<Record<string, string | string[] | undefined>>,
  ): TracedRequest;
  /** Adds steps to a trace, each with the steps in it. */
  record(traceparent: string, steps: readonly Step[]): void;
  /** Sends what is left, as far as the receiver takes it within seconds. */
  stop(): Promise<void>;
}

/**
 * Sends traces to an OTLP receiver at this URL; undefined: there are none. Without them OpenTelemetry's SDK is not even
 * imported.
 */
export async function startTracing(
  service: string,
  endpoint: string | undefined,
  log: Logger,
): Promise<Tracing | undefined> {
  if (endpoint === undefined) return undefined;
  const { OtlpTracing } = await import("./otlp-tracing.ts");
  return new OtlpTracing(service, endpoint, log);
}
