import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { parseAllDocuments } from "yaml";
import type { KubernetesObject, Kinds, PodTemplate } from "./objects.ts";

export const chart = fileURLToPath(new URL("../../charts/transpod", import.meta.url));
export const namespace = "media";
/** Values files of this folder. */
export const minimal = fileURLToPath(new URL("minimal.yaml", import.meta.url));
export const everything = fileURLToPath(new URL("everything.yaml", import.meta.url));

export interface RenderOptions {
  /** What the values below are laid over; the minimum by default, null for nothing at all. */
  file?: string | null;
  values?: object;
  release?: string;
}

/** What Helm would install, hooks and tests included. Throws with Helm's own words. */
export async function render(options: RenderOptions = {}): Promise<Rendered> {
  const release = options.release ?? "transpod";
  const { stdout } = await helm(["template", release, chart, ...valuesOf(options)], options.values);
  return new Rendered(
    parseAllDocuments(stdout)
      .map((document) => document.toJS() as KubernetesObject | null)
      .filter((object) => object !== null),
  );
}

/** What Helm says when it doesn't render. */
export async function refusal(options: RenderOptions): Promise<string> {
  const args = ["template", "transpod", chart, ...valuesOf(options)];
  const { failed, stderr } = await helm(args, options.values, { reject: false });
  if (!failed) throw new Error("Helm rendered the chart.");
  return stderr;
}

export async function helm(args: string[], values: object = {}, { reject = true } = {}) {
  return await execa("helm", [...args, "--namespace", namespace], {
    input: JSON.stringify(values),
    reject,
  });
}

function valuesOf({ file = minimal }: RenderOptions): string[] {
  return [...(file === null ? [] : ["--values", file]), "--values", "-"];
}

export class Rendered {
  readonly objects: readonly KubernetesObject[];

  constructor(objects: readonly KubernetesObject[]) {
    this.objects = objects;
  }

  all<K extends keyof Kinds>(kind: K): Kinds[K][] {
    return this.objects.filter((object) => object.kind === kind) as Kinds[K][];
  }

  get<K extends keyof Kinds>(kind: K, name: string): Kinds[K] {
    const found = this.all(kind).find(({ metadata }) => metadata.name === name);
    if (found === undefined) throw new Error(`There is no ${kind} ${name}.`);
    return found;
  }

  /** Of every Deployment, Job and pod, by the component's name. */
  podTemplates(): [string, PodTemplate][] {
    const pods = this.all("Pod").map(({ metadata, spec }) => ({ metadata, spec }));
    const templates = [...this.all("Deployment"), ...this.all("Job")].map((o) => o.spec.template);
    return [...templates, ...pods].map((pod) => [componentOf(pod.metadata.labels), pod]);
  }
}

export function componentOf(labels: Readonly<Record<string, string>>): string {
  return labels["app.kubernetes.io/component"] ?? "";
}
