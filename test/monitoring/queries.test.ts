import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { phases } from "@transpod/contract/work-protocol.ts";
import { TranspodClient } from "@transpod/client/client.ts";
import { makeSample } from "../e2e/samples.ts";
import { startOtlpReceiver } from "../otlp-receiver.ts";
import { startTranspod } from "../test-transpod.ts";
import { renderMonitoring } from "./chart.ts";
import { startPrometheus, type Prometheus, type Sample } from "./prometheus.ts";

const { rules, alerts, dashboard } = await renderMonitoring();
const queries = dashboard.panels.flatMap(({ title, targets = [] }) =>
  targets.map(({ expr }) => ({ title, expr })),
);
/** What Grafana puts in place of its variables. */
const variables: Record<string, string> = {
  ...{ namespace: "media", controller: "video-controller", api: "video-api" },
  ...{ __range: "5m", __rate_interval: "1m" },
};
const fill = (expr: string) => expr.replaceAll(/\$(\w+)/g, (_, name: string) => variables[name]!);

const stack = new AsyncDisposableStack();
let prometheus: Prometheus;
let client: TranspodClient;
let completed: string;
let receiver: Awaited<ReturnType<typeof startOtlpReceiver>>;

/** One video that is completed and one file that fails, in a Transpod that a Prometheus scrapes all the time. */
beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), "transpod-monitoring-"));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  receiver = stack.use(await startOtlpReceiver());
  const [transpod, video] = await Promise.all([
    startTranspod({
      DATA_DIR: join(folder, "data"),
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    }),
    makeSample(folder, { codec: "h264", extension: ".mp4", size: "320x180", seconds: 2 }),
  ]);
  stack.defer(async () => void (await transpod.end("SIGTERM")));
  // API and controller are one process here; the ServiceMonitor makes a job of each.
  const scrapeConfigs = ["video-api", "video-controller"].map((job_name) => ({
    job_name,
    static_configs: [{ targets: [new URL(transpod.url).host], labels: { namespace: "media" } }],
  }));
  prometheus = stack.use(await startPrometheus(folder, { scrapeConfigs, rules }));
  await waitFor("transpod_files", 2);

  client = new TranspodClient(transpod.url);
  const text = join(folder, "text.mp4");
  await writeFile(text, "This is not a video.");
  completed = await client.upload(video);
  const failed = await client.upload(text);
  await Promise.all([completed, failed].map((id) => client.watch(id, () => {})));
  for (const reason of ["completed", "not_a_video"]) {
    await waitFor(`transpod_attempts_finished_total{reason="${reason}"} == 1`, 2);
  }
});
afterAll(() => stack.disposeAsync());

async function waitFor(expr: string, least: number): Promise<void> {
  await vi.waitUntil(async () => (await prometheus.query(expr)).length >= least, {
    timeout: 30_000,
    interval: 200,
  });
}

const isNumber = ({ value: [, text] }: Sample) => Number.isFinite(Number(text));

describe("the dashboard", () => {
  test.each(queries)("shows $title: $expr", async ({ expr }) => {
    await vi.waitUntil(
      async () => {
        // A rate needs requests between two scrapes.
        await client.status(completed);
        return (await prometheus.query(fill(expr))).some(isNumber);
      },
      { timeout: 10_000, interval: 200 },
    );
  });

  test("knows what was saved, what it cost and why a file failed", async () => {
    const valueOf = async (title: string) => {
      const { expr } = queries.find((each) => each.title === title)!;
      return await prometheus.query(fill(expr));
    };
    const { size_bytes, processed_size_bytes } = await client.status(completed);
    const [share] = await valueOf("Saved share");
    expect(Number(share?.value[1])).toBeCloseTo(1 - processed_size_bytes! / size_bytes!, 2);
    const [cost] = await valueOf("Cost per video minute");
    expect(Number(cost?.value[1])).toBeGreaterThan(0);
    const failures = await valueOf("Failures by cause");
    expect(failures.map(({ metric }) => metric)).toEqual([{ reason: "not_a_video" }]);
  });

  test("offers the namespace and the jobs that Prometheus scrapes", async () => {
    const offered: Record<string, string[]> = {};
    for (const { name, type, query } of dashboard.templating.list) {
      if (type !== "query" || typeof query === "string") continue;
      const [, selector = "", label = ""] =
        /^label_values\((.+), (\w+)\)$/.exec(fill(query.query)) ?? [];
      offered[name] = await prometheus.labelValues(selector, label);
    }
    expect(offered["namespace"]).toEqual(["media"]);
    expect(offered["controller"]).toContain("video-controller");
    expect(offered["api"]).toContain("video-api");
  });

  test("means one release alone", () => {
    const selectors = queries.flatMap(({ expr }) => expr.match(/\{[^}]*\}/g) ?? []);
    expect(selectors.length).toBeGreaterThanOrEqual(queries.length);
    for (const selector of selectors) {
      expect(selector).toMatch(/^\{namespace="\$namespace",job=(~"\$api\||"\$(api|controller)")/);
    }
  });
});

describe("the alerts", () => {
  test("are all evaluated without an error, and none is active after this run", async () => {
    const healthy = alerts.map(({ alert }) => ({ name: alert, state: "inactive", health: "ok" }));
    await expect.poll(() => prometheus.rules(), { timeout: 30_000 }).toMatchObject(healthy);
  });
});

test("the trace of a real video has every phase of its worker", async () => {
  const { spans } = receiver;
  const attempt = await vi.waitUntil(
    () => spans.find((span) => span.attributes["transpod.file_id"] === completed),
    { timeout: 30_000, interval: 100 },
  );
  const names = spans.filter(({ traceId }) => traceId === attempt.traceId).map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(["POST /upload", "upload", "intake", ...phases]));
});
