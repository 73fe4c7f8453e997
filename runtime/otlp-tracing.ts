import {
  defaultTextMapGetter,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Context,
  type Tracer,
} from "@opentelemetry/api";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import {
  detectResources,
  resourceFromAttributes,
  resourceAttributesEnvDetector as fromEnvironment,
} from "@opentelemetry/resources";
import {
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import type { Step, TracedRequest, Tracing } from "./tracing.ts";

type Headers = Readonly<Record<string, string | string[] | undefined>>;

const propagator = new W3CTraceContextPropagator();
/** A process that ends does not wait longer for a receiver that does not answer. */
const timeoutMillis = 5_000;

/** Traces by OpenTelemetry's SDK, sent in batches as OTLP over HTTP with JSON. Nothing is registered globally. */
export class OtlpTracing implements Tracing {
  readonly #provider: TracerProvider;
  readonly #tracer: Tracer;

  constructor(service: string, endpoint: string) {
    const url = `${endpoint.replace(/\/+$/, "")}/v1/traces`;
    const resource = resourceFromAttributes({ "service.name": service });
    const processor = new BatchSpanProcessor({
      exporter: new OTLPTraceExporter({ url, timeoutMillis }),
      scheduledDelayMillis: 1_000,
    });
    this.#provider = new TracerProvider({
      resource: resource.merge(detectResources({ detectors: [fromEnvironment] })),
      sampler: new ParentBasedSampler({ root: new AlwaysOnSampler() }),
      spanProcessors: [processor],
    });
    this.#tracer = this.#provider.getTracer("transpod");
  }

  begin(name: string, headers: Headers): TracedRequest {
    const span = this.#tracer.startSpan(name, { kind: SpanKind.SERVER }, contextOf(headers));
    const { traceId, spanId, traceFlags } = span.spanContext();
    const flags = traceFlags & TraceFlags.SAMPLED ? "01" : "00";
    return {
      traceparent: `00-${traceId}-${spanId}-${flags}`,
      end(status) {
        span.setAttribute("http.response.status_code", status);
        if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
        span.end();
      },
    };
  }

  record(traceparent: string, steps: readonly Step[]): void {
    this.#add(contextOf({ traceparent }), steps);
  }

  #add(parent: Context, steps: readonly Step[]): void {
    for (const { name, start, end, attributes = {}, error, steps: inner = [] } of steps) {
      const span = this.#tracer.startSpan(name, { startTime: start, attributes }, parent);
      if (error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: error });
      this.#add(trace.setSpan(parent, span), inner);
      span.end(end);
    }
  }

  async stop(): Promise<void> {
    await this.#provider.shutdown();
  }
}

function contextOf(headers: Headers): Context {
  return propagator.extract(ROOT_CONTEXT, headers, defaultTextMapGetter);
}
