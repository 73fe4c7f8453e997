import { fileLabel } from "@transpod/contract/job-identity.ts";
import { hasCondition, type Job, type List, type Pod } from "./objects.ts";
import { installation, kubectl, kubectlJson, onNode } from "./tools.ts";
import { until } from "./until.ts";

/** The label selector of the installation's objects. */
export const ours = `app.kubernetes.io/instance=${installation.release}`;

/** The installation's pods that match a label selector. */
export async function podsOf(selector: string): Promise<Pod[]> {
  const { items } = await kubectlJson<List<Pod>>(["get", "pods", "-l", `${ours},${selector}`]);
  return items;
}

export async function jobsOfFile(fileId: string): Promise<Job[]> {
  const selector = `${ours},${fileLabel}=${fileId}`;
  const { items } = await kubectlJson<List<Job>>(["get", "jobs", "-l", selector]);
  return items;
}

export async function podsOfFile(fileId: string): Promise<Pod[]> {
  return await podsOf(`${fileLabel}=${fileId}`);
}

/** The one pod that works on the file now. */
export async function workerOf(fileId: string): Promise<Pod> {
  const running = (pod: Pod) =>
    pod.status.phase === "Running" && pod.metadata.deletionTimestamp === undefined;
  return await until(
    async () => (await podsOfFile(fileId)).find(running),
    `a worker runs for ${fileId}`,
  );
}

/** Resolves with the file's Job when it has ended for Kubernetes. */
export async function untilJobEnded(fileId: string): Promise<Job> {
  const ended = (job: Job) => hasCondition(job, "Complete") || hasCondition(job, "Failed");
  return await until(
    async () => (await jobsOfFile(fileId)).find(ended),
    `the Job of ${fileId} has ended`,
  );
}

/** SIGKILL from the node, as the kernel would: nothing in the container hears of it. */
export async function killContainer(pod: Pod): Promise<void> {
  const id = pod.status.containerStatuses?.[0]?.containerID?.replace("containerd://", "");
  if (id === undefined) throw new Error(`${pod.metadata.name} has no container yet`);
  await onNode("ctr", "--namespace", "k8s.io", "task", "kill", "--signal", "SIGKILL", id);
}

/** As `kubectl drain` does it. */
export async function evict({ metadata: { name } }: Pod): Promise<void> {
  const { namespace } = installation;
  const eviction = { apiVersion: "policy/v1", kind: "Eviction", metadata: { name, namespace } };
  const path = `/api/v1/namespaces/${namespace}/pods/${name}/eviction`;
  await kubectl(["create", "--raw", path, "-f", "-"], { input: JSON.stringify(eviction) });
}
