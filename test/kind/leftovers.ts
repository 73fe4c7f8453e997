import { ours } from "./cluster.ts";
import type { List, Meta } from "./objects.ts";
import { kubectl, kubectlJson } from "./tools.ts";

interface ClusterObject {
  kind: string;
  metadata: Meta;
}

/** Created by Kubernetes in every namespace, or about other objects. */
const notOurs = new Set(["ConfigMap/kube-root-ca.crt", "ServiceAccount/default"]);

/** All objects in the namespace except these Secrets, and all cluster objects with the release's label. */
export async function leftovers(secrets: readonly string[]): Promise<string[]> {
  const inNamespace = await everything("--namespaced=true", []);
  const inCluster = await everything("--namespaced=false", ["-l", ours]);
  const kept = new Set([...notOurs, ...secrets.map((name) => `Secret/${name}`)]);
  return [...inNamespace, ...inCluster]
    .filter(({ kind }) => kind !== "Event")
    .map(({ kind, metadata }) => `${kind}/${metadata.name}`)
    .filter((name) => !kept.has(name));
}

async function everything(scope: string, selector: readonly string[]): Promise<ClusterObject[]> {
  const kinds = await kubectl(["api-resources", "--verbs=list", scope, "-o", "name"]);
  const { items } = await kubectlJson<List<ClusterObject>>([
    ...["get", kinds.trim().split("\n").join(","), ...selector],
  ]);
  return items;
}
