import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";

export interface ReceivedSpan {
  service: string;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  /** The code 2 means an error. */
  status: { code: number; message?: string };
  attributes: Record<string, unknown>;
}

interface Attribute {
  key: string;
  value: object;
}

/** What is read of an ExportTraceServiceRequest: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding */
interface Export {
  resourceSpans: {
    resource: { attributes: Attribute[] };
    scopeSpans: {
      spans: (Omit<ReceivedSpan, "service" | "attributes"> & { attributes: Attribute[] })[];
    }[];
  }[];
}

/** A receiver of traces as OTLP over HTTP with JSON, on a real socket. */
export async function startOtlpReceiver() {
  const spans: ReceivedSpan[] = [];
  const server = createServer((request, response) => {
    if (request.url !== "/v1/traces") return void response.writeHead(404).end();
    void json(request).then((body) => {
      spans.push(...spansOf(body as Export));
      response.writeHead(200, { "content-type": "application/json" }).end("{}");
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function spansOf({ resourceSpans }: Export): ReceivedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans
      .flatMap(({ spans }) => spans)
      .map((span) => ({
        ...span,
        service: String(plain(resource.attributes)["service.name"]),
        attributes: plain(span.attributes),
      })),
  );
}

/** `{ key: "a", value: { stringValue: "b" } }` becomes `{ a: "b" }`. */
function plain(attributes: readonly Attribute[]): Record<string, unknown> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [key, Object.values(value)[0] as unknown]),
  );
}
