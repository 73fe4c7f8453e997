import { kubectl, kubectlJson } from "./tools.ts";

interface JobObject {
  metadata: object;
  spec: {
    selector?: object;
    template: { metadata?: object; spec: { containers: object[] } };
  };
}

/**
 * Creates Jobs like one of Transpod's by `kubectl apply`, and resolves when all are complete. Their
 * worker does even less: it claims nothing.
 */
export async function noopJobs(like: string, turn: number, count: number): Promise<void> {
  const { spec } = await kubectlJson<JobObject>(["get", "job", like]);
  const { selector: _, template, ...rest } = spec;
  const labels = { figures: `${turn}` };
  const containers = template.spec.containers.map((container) => ({
    ...container,
    command: ["node", "--eval", ""],
  }));
  const items = Array.from({ length: count }, (_none, index) => ({
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name: `figures-${turn}-${index}`, labels },
    spec: { ...rest, template: { metadata: { labels }, spec: { ...template.spec, containers } } },
  }));
  const list = { apiVersion: "v1", kind: "List", items };
  await kubectl(["apply", "-f", "-"], { input: JSON.stringify(list) });
  const complete = ["wait", "job", "--for=condition=complete", "-l", `figures=${turn}`];
  await kubectl([...complete, "--timeout=300s"]);
}
