import { everything, render } from "../chart/render.ts";

/** An object of Grafana's that has parts of the dashboard, as far as the tests read it. */
export interface Dashboard {
  templating: { list: { name: string; type: string; query: string | { query: string } }[] };
  panels: { title: string; targets?: { expr: string }[] }[];
}

/** The alerts and the dashboard, as the chart installs them for release `video` in namespace `media`. */
export async function renderMonitoring() {
  const rendered = await render({ file: everything });
  const rule = rendered.get("PrometheusRule", "video-monitoring");
  const { data } = rendered.get("ConfigMap", "video-dashboard");
  return {
    /** Has the format of Prometheus' rule files. */
    rules: rule.spec,
    alerts: rule.spec.groups.flatMap(({ rules }) => rules),
    dashboard: JSON.parse(data["transpod.json"] ?? "") as Dashboard,
  };
}
