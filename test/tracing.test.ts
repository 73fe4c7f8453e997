import { expect, test, vi } from "vitest";
import type { UploadResponse } from "@transpod/contract/public-api.ts";
import { createLogger } from "@transpod/runtime/logger.ts";
import { startTracing } from "@transpod/runtime/tracing.ts";
import { startOtlpReceiver, type ReceivedSpan } from "./otlp-receiver.ts";
import { startTestApi } from "./test-api.ts";
import { startTestController } from "./test-controller.ts";

const silent = createLogger({ service: "test", level: "silent" });

test("without a receiver there is no tracing", async () => {
  expect(await startTracing("transpod-api", undefined, silent)).toBeUndefined();
});

test("a receiver that is away is logged, and does not prevent the end", async () => {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const log = createLogger({ service: "test", level: "warn", destination });
  const tracing = (await startTracing("transpod-api", "http://127.0.0.1:1", log))!;
  tracing.begin("POST /upload", {}).end(200);
  await tracing.stop();
  expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
    { event: "traces_not_sent", spans: 1 },
  ]);
});

test("one trace has a client's request, the upload, and every attempt with its steps", async () => {
  await using receiver = await startOtlpReceiver();
  const tracing = (await startTracing("transpod-controller", receiver.url, silent))!;
  await using transpod = await startTestController({}, undefined, undefined, tracing);
  const api = await startTestApi({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url }, transpod);
  const [traceId, clientSpan] = ["0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"];

  const { body } = await api.request<UploadResponse>("/upload", {
    method: "POST",
    headers: {
      "content-type": "application/json",
      traceparent: `00-${traceId}-${clientSpan}-01`,
    },
    body: JSON.stringify({ file_name: "once-say-stalled.mp4" }),
  });
  await fetch(body.upload_url!, { method: "PUT", body: "video" });
  const { spans } = receiver;
  const attempts = () => spans.filter(({ name }) => name === "attempt");
  await vi.waitUntil(() => attempts().length === 2, { timeout: 60_000, interval: 20 });
  await Promise.all([api.stop(), tracing.stop()]);

  expect(new Set(spans.map((span) => span.traceId))).toEqual(new Set([traceId]));
  const post = spans.find(({ name }) => name === "POST /upload")!;
  expect(post).toMatchObject({ service: "transpod-api", parentSpanId: clientSpan });
  expect(namesIn(spans, post)).toEqual(["upload", "intake", "attempt", "attempt"]);
  const steps = ["wait for a slot", "create the Job", "start the worker", "work"];
  for (const attempt of attempts()) expect(namesIn(spans, attempt)).toEqual(steps);
  expect(attempts()).toMatchObject([
    {
      service: "transpod-controller",
      status: { code: 2, message: "As the name asks." },
      attributes: { "transpod.file_id": body.file_id, "transpod.failure_code": "stalled" },
    },
    { status: { code: 0 }, attributes: { "transpod.attempt": 2, "transpod.outcome": "completed" } },
  ]);
  const work = spans.filter(({ name }) => name === "work").at(-1)!;
  expect(namesIn(spans, work)).toEqual(["encode"]);
});

/** The names of the spans in this one, in the order of their starts. */
function namesIn(spans: readonly ReceivedSpan[], { spanId }: ReceivedSpan): string[] {
  const start = ({ startTimeUnixNano }: ReceivedSpan) => Number(startTimeUnixNano);
  return spans
    .filter(({ parentSpanId }) => parentSpanId === spanId)
    .toSorted((a, b) => start(a) - start(b))
    .map(({ name }) => name);
}
