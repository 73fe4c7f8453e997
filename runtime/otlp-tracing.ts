import {
  defaultTextMapGetter,
  defaultTextMapSetter,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
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
  type SpanExporter,
} from "@opentelemetry/sdk-trace";
import type { Logger } from "./logger.ts";
import type { Step, TracedRequest, Tracing } from "./tracing.ts";

type Headers = Readonly<Record<string, string | string[] | undefined>>;

const propagator = new W3CTraceContextPropagator();
/** A process that ends does not wait longer for a receiver that does not answer. */
const timeoutMillis = 2_000;

/** Traces by OpenTelemetry's SDK, sent in batches as OTLP over HTTP with JSON. Nothing is registered globally. */
export class OtlpTracing implements Tracing {
  readonly #provider: TracerProvider;
  readonly #tracer: Tracer;

  constructor(service: string, endpoint: string, log: Logger) {
    const resource = resourceFromAttributes({ "service.name": service });
    const processor = new BatchSpanProcessor({
      exporter: exporterTo(`${endpoint.replace(/\/+$/, "")}/v1/traces`, log),
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
    const caused: Record<string, string> = {};
    propagator.inject(trace.setSpan(ROOT_CONTEXT, span), caused, defaultTextMapSetter);
    return {
      traceparent: caused["traceparent"]!,
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
    // What could not be sent is logged.
    await this.#provider.shutdown().catch(() => {});
  }
}

/** Spans that can't be sent are lost: this says so, since nothing else would. */
function exporterTo(url: string, log: Logger): SpanExporter {
  const exporter = new OTLPTraceExporter({ url, timeoutMillis });
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        const { error: err } = result;
        if (err !== undefined) log.warn({ event: "traces_not_sent", spans: spans.length, err });
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
  };
}

function contextOf(headers: Headers): Context {
  return propagator.extract(ROOT_CONTEXT, headers, defaultTextMapGetter);
}
