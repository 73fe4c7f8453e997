import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, test } from "vitest";
import { kubernetesValidateHome } from "./kubernetes-validate/home.ts";
import type { KubernetesObject, PodSpec } from "./objects.ts";
import { componentOf, everything, minimal, render } from "./render.ts";
import { workerJobOf } from "./worker-job.ts";

const kubernetesVersions = ["1.33", "1.36"];

describe.each([
  ["the minimum", minimal],
  ["every option", everything],
])("with %s", (_, file) => {
  test.each(kubernetesVersions)(
    "every object is what Kubernetes %s's schemas say",
    async (version) => {
      const rendered = await render({ file });
      // Custom resources are the Prometheus operator's, not Kubernetes' own.
      const own = rendered.objects.filter(({ apiVersion }) => !apiVersion.includes("coreos"));
      expect(own.length).toBeGreaterThan(20);
      const jobs = await Promise.all([1, 4].map((workers) => workerJobOf(rendered, workers)));
      expect(await faultsIn([...own, ...jobs], version)).toBe("");
    },
  );

  test("every pod satisfies the Pod Security Standard `restricted`, and more", async () => {
    const rendered = await render({ file });
    const pods = rendered.podTemplates();
    expect(pods.map(([component]) => component).toSorted()).toEqual([
      "api",
      "controller",
      "migration",
      "test",
    ]);
    for (const [, { spec }] of pods) expectRestricted(spec);
    expectRestricted((await workerJobOf(rendered)).spec.template.spec);
  });

  test("every object has the standard labels, and is in the release's namespace", async () => {
    for (const { kind, metadata } of (await render({ file })).objects) {
      expect(metadata.labels).toMatchObject({
        "app.kubernetes.io/name": "transpod",
        "app.kubernetes.io/instance": "transpod",
        "app.kubernetes.io/component": expect.stringMatching(/^[a-z-]+$/) as unknown,
        "app.kubernetes.io/version": "0.1.0",
        "app.kubernetes.io/managed-by": "Helm",
        "helm.sh/chart": "transpod-0.1.0",
      });
      expect(metadata.namespace).toBe(kind.startsWith("Cluster") ? undefined : "media");
    }
  });

  test("Services and Deployments select the pods of one component", async () => {
    const rendered = await render({ file });
    const pods = rendered.podTemplates().map(([, { metadata }]) => metadata.labels);
    const worker = (await workerJobOf(rendered)).spec.template.metadata.labels;
    const selectors = [
      ...rendered.all("Deployment").map(({ spec }) => spec.selector.matchLabels),
      ...rendered.all("Service").map(({ spec }) => spec.selector),
    ];
    for (const selector of selectors) {
      expect(Object.keys(selector)).toHaveLength(3);
      const selected = [...pods, worker].filter((labels) =>
        Object.entries(selector).every(([key, value]) => labels[key] === value),
      );
      expect(selected.map(componentOf)).toEqual([componentOf(selector)]);
    }
  });
});

test("the schemas find what is wrong", async () => {
  const [deployment] = (await render()).all("Deployment");
  const wrong = { ...deployment, spec: { ...deployment?.spec, replica: 2 } } as KubernetesObject;
  expect(await faultsIn([wrong], "1.36")).toContain("replica");
});

async function faultsIn(objects: KubernetesObject[], version: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "transpod-chart-"));
  try {
    const file = join(folder, "objects.yaml");
    // As JSON, which every YAML parser reads alike: `on` is a boolean to some.
    await writeFile(file, objects.map((object) => JSON.stringify(object)).join("\n---\n"));
    const validate = join(kubernetesValidateHome, "bin", "kubernetes-validate");
    const args = ["--strict", "--quiet", "--kubernetes-version", version, file];
    return (await execa(validate, args, { reject: false, all: true })).all;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted */
function expectRestricted(spec: PodSpec): void {
  expect(spec.securityContext).toMatchObject({
    runAsNonRoot: true,
    runAsUser: 10_001,
    seccompProfile: { type: "RuntimeDefault" },
  });
  expect([spec.hostNetwork, spec.hostPID, spec.hostIPC, spec.initContainers]).toEqual([
    ...Array.from({ length: 4 }, () => undefined),
  ]);
  const volumeKeys = (spec.volumes ?? []).flatMap((volume) => Object.keys(volume));
  const allowed = ["name", "emptyDir", "configMap", "projected"];
  expect(allowed).toEqual(expect.arrayContaining(volumeKeys));
  for (const container of spec.containers) {
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      // Beyond the standard.
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
    expect(container.resources.limits).toHaveProperty("memory");
    expect(container.ports?.some((port) => "hostPort" in port) ?? false).toBe(false);
  }
  expect(spec.enableServiceLinks).toBe(false);
}
