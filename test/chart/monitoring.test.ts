import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { Registry } from "@prometheus-io/client";
import { describe, expect, test } from "vitest";
import { createMetrics } from "@transpod/controller/metrics.ts";
import { failureCodes, failures } from "@transpod/contract/failures.ts";
import { fileStates } from "@transpod/contract/states.ts";
import type { Database } from "@transpod/store/database.ts";
import { chart, everything, render } from "./render.ts";

const runbook = fileURLToPath(new URL("../../docs/monitoring.md", import.meta.url));

test("nothing needs the Prometheus operator by default", async () => {
  const rendered = await render();
  expect([...rendered.all("ServiceMonitor"), ...rendered.all("PrometheusRule")]).toEqual([]);
});

test("the dashboard is a ConfigMap with the label of Grafana's sidecar, if it is asked for", async () => {
  const dashboards = async (file?: string) =>
    (await render(file === undefined ? {} : { file }))
      .all("ConfigMap")
      .filter(({ data }) => "transpod.json" in data);
  expect(await dashboards()).toEqual([]);
  const [dashboard] = await dashboards(everything);
  expect(dashboard?.metadata.labels).toMatchObject({ grafana_dashboard: "1", dashboards: "media" });
  // No value goes into it.
  const text = await readFile(`${chart}/dashboards/transpod.json`, "utf8");
  expect(dashboard?.data["transpod.json"]).toBe(text.trimEnd());
});

test("the ServiceMonitor finds the metrics of API and controller", async () => {
  const rendered = await render({ file: everything });
  const monitor = rendered.get("ServiceMonitor", "video-monitoring");
  expect(monitor.metadata.labels["release"]).toBe("prometheus");
  expect(monitor.spec).toEqual({
    selector: {
      matchLabels: {
        "app.kubernetes.io/name": "transpod",
        "app.kubernetes.io/instance": "transpod",
      },
    },
    endpoints: [
      { port: "http", interval: "10s" },
      { port: "metrics", interval: "10s" },
    ],
  });
  const ports = rendered.all("Service").map(({ spec }) => spec.ports.map(({ name }) => name));
  expect(ports).toEqual([["http"], ["work", "metrics"]]);
});

describe("alerts", async () => {
  const rule = (await render({ file: everything })).get("PrometheusRule", "video-monitoring");
  const alerts = rule.spec.groups.flatMap(({ rules }) => rules);

  test("carry the labels that Prometheus looks for", () => {
    expect(rule.metadata.labels["release"]).toBe("prometheus");
  });

  test("have names and severities, and say what to do", () => {
    expect(new Set(alerts.map(({ alert }) => alert)).size).toBe(alerts.length);
    for (const { alert, labels, annotations } of alerts) {
      expect(alert).toMatch(/^Transpod[A-Z]/);
      expect(labels["severity"]).toMatch(/^(warning|critical)$/);
      expect(labels["namespace"]).toBe("media");
      expect(annotations.summary).toMatch(/\.$/);
      expect(annotations.description).toMatch(/\.$/);
    }
  });

  test("have an entry each in the runbook", async () => {
    const text = await readFile(runbook, "utf8");
    const entries = [...text.matchAll(/^### (Transpod\w+)$/gm)].map(([, alert]) => alert);
    expect(new Set(entries)).toEqual(new Set(alerts.map(({ alert }) => alert)));
    for (const { alert, annotations } of alerts) {
      expect(annotations.runbook).toBe(`docs/monitoring.md#${alert.toLowerCase()}`);
    }
  });

  test.each(alerts.map(({ alert, expr }) => [alert, expr]))(
    "%s uses metrics that exist",
    (_, expr) => {
      const used = expr.match(/\b(?:transpod_\w+|up)\b/g) ?? [];
      expect(used.length).toBeGreaterThan(0);
      expect(metricNames()).toEqual(expect.arrayContaining(used));
    },
  );

  test.each(alerts.map(({ alert, expr }) => [alert, expr]))(
    "%s means this release alone",
    (_, expr) => {
      const selectors = expr.match(/\{[^}]*\}/g) ?? [];
      expect(selectors.length).toBeGreaterThan(0);
      for (const selector of selectors) {
        expect(selector).toMatch(/^\{namespace="media",job="video-(api|controller)"/);
      }
    },
  );

  test("know the states and the reasons that the code knows", () => {
    const text = alerts.map(({ expr }) => expr).join("\n");
    const states = [...text.matchAll(/state="(\w+)"/g)].map(([, state]) => state);
    expect(fileStates).toEqual(expect.arrayContaining(states));
    const reasons = [...text.matchAll(/reason=~?"([\w|]+)"/g)].flatMap(([, list]) =>
      list?.split("|"),
    );
    expect(failureCodes).toEqual(expect.arrayContaining(reasons));
  });

  test("count every reason that is neither the file's fault nor the cluster's right", () => {
    const { expr } = alerts.find(({ alert }) => alert === "TranspodAttemptsFail") ?? { expr: "" };
    const counted = /reason=~"([\w|]+)"/.exec(expr)?.[1]?.split("|") ?? [];
    const ours = failureCodes.filter(
      (code) =>
        failures[code].verdict === "counted" ||
        code === "never_started" ||
        code === "job_name_taken",
    );
    expect(counted.toSorted()).toEqual(ours.toSorted());
  });
});

/** Those that Prometheus would read, with what it makes of a histogram. */
function metricNames(): string[] {
  const registry = new Registry();
  // Only the names are read, not the values, so no database is needed.
  createMetrics(registry, undefined as unknown as Database);
  const controller = registry.getMetricsAsArray().map(({ name }) => name);
  return ["up", "transpod_api_request_duration_seconds_count", ...controller];
}
