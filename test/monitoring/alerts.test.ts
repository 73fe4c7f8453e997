import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { alertCases, type AlertCase } from "./alert-cases.ts";
import { renderMonitoring } from "./chart.ts";

let folder: string;
let monitoring: Awaited<ReturnType<typeof renderMonitoring>>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "transpod-alerts-"));
  monitoring = await renderMonitoring();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("every alert has a case in which it fires, and one in which it does not", () => {
  const named = (fires: boolean) =>
    new Set(alertCases.filter(({ says }) => (says !== undefined) === fires).map((c) => c.alert));
  const all = new Set(monitoring.alerts.map(({ alert }) => alert));
  expect(named(true)).toEqual(all);
  expect(named(false)).toEqual(all);
});

test("alerts fire when they should, and say what they should", async () => {
  const tests = join(folder, "tests.json");
  await writeFile(join(folder, "rules.json"), JSON.stringify(monitoring.rules));
  // JSON is YAML.
  const cases = alertCases.map(promtoolTest);
  await writeFile(tests, JSON.stringify({ rule_files: ["rules.json"], tests: cases }));
  const { failed, all } = await execa("promtool", ["test", "rules", tests], {
    all: true,
    reject: false,
  });
  expect(failed ? all : "").toBe("");
});

function promtoolTest({ alert, when, series, at, says, labels }: AlertCase) {
  const rule = monitoring.alerts.find((each) => each.alert === alert);
  const fired = {
    exp_labels: { ...rule?.labels, ...labels },
    exp_annotations: { ...rule?.annotations, summary: says },
  };
  return {
    name: `${alert}: ${when}`,
    interval: "1m",
    input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
    alert_rule_test: [
      { eval_time: at, alertname: alert, exp_alerts: says === undefined ? [] : [fired] },
    ],
  };
}
