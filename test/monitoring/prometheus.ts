import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import getPort from "get-port";
import { vi } from "vitest";

export interface Sample {
  metric: Record<string, string>;
  /** When, in seconds, and the value as text. */
  value: [number, string];
}

export interface RuleState {
  name: string;
  state: "inactive" | "pending" | "firing";
  health: "ok" | "err" | "unknown";
  lastError?: string;
}

export interface Prometheus extends AsyncDisposable {
  /** Rejects with Prometheus' own words when it can't evaluate the expression. */
  query(expr: string): Promise<Sample[]>;
  /** The values that a label has in the series of a selector. */
  labelValues(selector: string, label: string): Promise<string[]>;
  rules(): Promise<RuleState[]>;
}

/** Starts a Prometheus that scrapes and evaluates the rules each second; resolves when it answers. */
export async function startPrometheus(
  folder: string,
  { scrapeConfigs, rules }: { scrapeConfigs: object[]; rules: object },
): Promise<Prometheus> {
  const [config, address] = [join(folder, "prometheus.json"), `127.0.0.1:${await getPort()}`];
  const global = { scrape_interval: "1s", evaluation_interval: "1s" };
  await writeFile(join(folder, "rules.json"), JSON.stringify(rules));
  await writeFile(
    config, // JSON is YAML.
    JSON.stringify({ global, rule_files: ["rules.json"], scrape_configs: scrapeConfigs }),
  );
  const subprocess = execa(
    "prometheus",
    [
      ...[`--config.file=${config}`, `--storage.tsdb.path=${join(folder, "tsdb")}`],
      ...[`--web.listen-address=${address}`, "--log.level=warn"],
    ],
    { all: true, reject: false },
  );

  async function get<T>(path: string, parameters: Record<string, string> = {}): Promise<T> {
    const query = new URLSearchParams(parameters).toString();
    const response = await fetch(`http://${address}/api/v1/${path}?${query}`);
    const answer = (await response.json()) as { data: T; error?: string };
    if (!response.ok) throw new Error(`${answer.error}: ${JSON.stringify(parameters)}`);
    return answer.data;
  }

  const ready = () => fetch(`http://${address}/-/ready`).then(({ ok }) => ok, () => false); // prettier-ignore
  await Promise.race([
    vi.waitUntil(ready, { timeout: 30_000, interval: 50 }),
    subprocess.then(({ all }) => {
      throw new Error(all);
    }),
  ]);
  return {
    async query(expr) {
      return (await get<{ result: Sample[] }>("query", { query: expr })).result;
    },
    labelValues: (selector, label) => get(`label/${label}/values`, { "match[]": selector }),
    async rules() {
      const { groups } = await get<{ groups: { rules: RuleState[] }[] }>("rules");
      return groups.flatMap((group) => group.rules);
    },
    async [Symbol.asyncDispose]() {
      subprocess.kill();
      await subprocess;
    },
  };
}
