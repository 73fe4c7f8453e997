import type { KubeConfig, V1Job, V1OwnerReference } from "@kubernetes/client-node";
import type { JobPort, JobSpec, WorkAuthenticator } from "@transpod/contract/ports.ts";
import type { Check } from "@transpod/runtime/health.ts";
import type { Logger } from "@transpod/runtime/logger.ts";
import type { Service } from "@transpod/runtime/process.ts";
import { createApiClient, loadKubeConfig, type ApiClient } from "./api-client.ts";
import { ask } from "./api-errors.ts";
import { Collection, type NamedObject } from "./collection.ts";
import { instanceLabels, labelSelector } from "./job-labels.ts";
import type { JobSettings } from "./job-settings.ts";
import { KubernetesJobs } from "./kubernetes-jobs.ts";
import { jobManifest } from "./manifest.ts";
import { TokenReviewAuthenticator } from "./token-review.ts";
import { WatchedList } from "./watched-list.ts";
import type { Job, Pod } from "./wire.ts";

export interface KubernetesOptions {
  /** Where Jobs are created. */
  namespace: string;
  settings: JobSettings;
  log: Logger;
  /** The pod's own account or the machine's kubeconfig, unless a test says otherwise. */
  kubeConfig?: KubeConfig;
  /** Changes a manifest before it is sent; for tests whose worker is not the transcoder. */
  adapt?: (manifest: V1Job, spec: JobSpec) => V1Job;
}

export interface Kubernetes extends Service {
  jobs: JobPort;
  authenticator: WorkAuthenticator;
  /** For `/readyz`: throws when the API server has sent nothing for some time. */
  check: Check;
}

/** Three sessions of a watch: one or two may fail. */
const silenceMs = 90_000;

/**
 * Connects to the cluster. Resolves when Jobs and pods are listed. Throws a TranspodError that says
 * what is missing when the API server can't be reached, or the controller lacks permissions.
 */
export async function startKubernetes(options: KubernetesOptions): Promise<Kubernetes> {
  const { namespace, settings, log, adapt = (manifest) => manifest } = options;
  const { instance, serviceAccountName } = settings;
  const client = createApiClient(options.kubeConfig ?? loadKubeConfig());
  const owner = await readOwner(client, namespace, serviceAccountName);

  const watch = <T extends NamedObject>(path: string) => {
    const selector = labelSelector(instanceLabels(instance));
    const collection = new Collection<T>({ client, path, labelSelector: selector });
    return new WatchedList<T>({ collection, log });
  };
  const jobs = watch<Job>(`/apis/batch/v1/namespaces/${namespace}/jobs`);
  const pods = watch<Pod>(`/api/v1/namespaces/${namespace}/pods`);
  const lists = [jobs, pods];
  const stop = async () => void (await Promise.all(lists.map((list) => list.stop())));
  try {
    await Promise.all(lists.map((list) => list.start()));
  } catch (error) {
    await stop();
    throw error;
  }

  const manifest = (spec: JobSpec) => adapt(jobManifest(spec, settings, owner), spec);
  const common = { client, namespace, instance, jobs, pods };
  return {
    jobs: new KubernetesJobs({ ...common, manifest, log }),
    authenticator: new TokenReviewAuthenticator({ ...common, serviceAccountName }),
    async check() {
      const longest = Math.max(...lists.map((list) => list.silentMs()));
      if (longest > silenceMs)
        throw new Error("The Kubernetes API server has not been heard lately.");
    },
    stop,
  };
}

/**
 * The workers' ServiceAccount owns every Job: when the chart is uninstalled, Kubernetes removes the Jobs
 * with it. Of the chart's objects, only this one is needed by every Job.
 */
async function readOwner(
  { core }: ApiClient,
  namespace: string,
  name: string,
): Promise<V1OwnerReference> {
  const account = await ask(
    `read ServiceAccount ${name}`,
    core.readNamespacedServiceAccount({ name, namespace }),
  );
  return { apiVersion: "v1", kind: "ServiceAccount", name, uid: account.metadata?.uid ?? "" };
}
