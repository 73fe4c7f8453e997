import { randomBytes } from "node:crypto";
import type { JobSpec } from "@transpod/contract/ports.ts";
import { loadKubeConfig } from "@transpod/controller/kubernetes/api-client.ts";
import type { JobSettings } from "@transpod/controller/kubernetes/job-settings.ts";
import { startKubernetes } from "@transpod/controller/kubernetes/kubernetes.ts";
import { createLogger } from "@transpod/runtime/logger.ts";
import { describeJobPort, type JobPortHarness } from "../job-port-contract.ts";
import type { Pod } from "./objects.ts";
import { installation, kubectl, kubectlJson } from "./tools.ts";
import { until } from "./until.ts";
import { runInPod } from "./worker-shell.ts";

describeJobPort("Kubernetes", async (): Promise<JobPortHarness> => {
  const namespace = await makeNamespace();
  const kubeConfig = loadKubeConfig();
  kubeConfig.setCurrentContext(installation.context);
  const exitCodes = new Map<string, number>();
  const kubernetes = await startKubernetes({
    namespace,
    kubeConfig,
    settings: await readSettings(),
    log: createLogger({ service: "test", level: "silent" }),
    adapt(manifest, spec) {
      const [container] = manifest.spec?.template.spec?.containers ?? [];
      const exitCode = exitCodes.get(spec.name);
      const script = exitCode === undefined ? waitForExitCode : `exit ${exitCode}`;
      container!.command = ["sh", "-c", script];
      return manifest;
    },
  });

  async function podOf(spec: JobSpec, index: number): Promise<Pod | undefined> {
    const selector = `batch.kubernetes.io/job-name=${spec.name}`;
    const { items } = await kubectlJson<{ items: Pod[] }>(["get", "pods", "-l", selector], {
      namespace,
    });
    return items.find((pod) => pod.status.phase === "Running" && indexOf(pod) === index);
  }

  return {
    ...kubernetes,
    timeoutMs: 60_000,
    async tellToExit(spec, exitCode) {
      exitCodes.set(spec.name, exitCode);
    },
    async worker(spec, index = 0) {
      const pod = await until(() => podOf(spec, index), `worker ${index} of ${spec.name} runs`);
      return {
        token: await runInPod(pod, "cat /var/run/secrets/transpod/token"),
        runs: async () => (await podOf(spec, index)) !== undefined,
        async end(exitCode) {
          await runInPod(
            pod,
            `echo ${exitCode} > /scratch/said && mv /scratch/said /scratch/exit-code`,
          );
        },
      };
    },
    async stop() {
      await kubernetes.stop();
      await kubectl(["delete", "namespace", namespace, "--wait=false"]);
    },
  };
});

const account = "transpod-transcoder";

/** The pause lets the command that wrote the file end before its container does. */
const waitForExitCode =
  "until [ -e /scratch/exit-code ]; do sleep 0.2; done; sleep 1; exit $(cat /scratch/exit-code)";

function indexOf({ metadata }: Pod): number {
  return Number(metadata.labels?.["batch.kubernetes.io/job-completion-index"] ?? 0);
}

/** A namespace of its own, as strict as the installation's, with the account that owns Jobs. */
async function makeNamespace(): Promise<string> {
  const name = `transpod-test-${randomBytes(3).toString("hex")}`;
  const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
  const items = [
    { apiVersion: "v1", kind: "Namespace", metadata: { name, labels } },
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: account, namespace: name } },
  ];
  const list = { apiVersion: "v1", kind: "List", items };
  await kubectl(["create", "-f", "-"], { namespace: name, input: JSON.stringify(list) });
  return name;
}

/** The installation's own, with less of everything. */
async function readSettings(): Promise<JobSettings> {
  const { data } = await kubectlJson<{ data: Record<string, string> }>([
    ...["get", "configmap", `${installation.release}-controller`],
  ]);
  const settings = JSON.parse(data["job-settings.json"] ?? "") as JobSettings;
  return {
    ...settings,
    instance: "job-port",
    serviceAccountName: account,
    resources: { cpuRequest: "10m", cpuLimit: "1", memory: "64Mi" },
    terminationGracePeriodSeconds: 1,
  };
}
