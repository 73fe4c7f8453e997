/** The parts of Kubernetes' objects that the suite looks at. Times are ISO 8601 strings. */
export interface Meta {
  name: string;
  namespace: string;
  uid: string;
  labels?: Record<string, string>;
  creationTimestamp: string;
  deletionTimestamp?: string;
}

export interface Condition {
  type: string;
  status: string;
  reason?: string;
}

export interface Job {
  metadata: Meta;
  spec: { template: { metadata: { labels: Record<string, string> }; spec: PodSpec } };
  status: { active?: number; terminating?: number; conditions?: Condition[] };
}

export interface PodSpec {
  nodeName?: string;
  serviceAccountName?: string;
  containers: Container[];
  volumes?: { name: string }[];
}

export interface Container {
  name: string;
  image: string;
  resources?: { limits?: Record<string, string> };
}

export interface Pod {
  metadata: Meta;
  spec: PodSpec;
  status: {
    phase: string;
    conditions?: Condition[];
    containerStatuses?: ContainerStatus[];
  };
}

export interface ContainerStatus {
  containerID?: string;
  restartCount: number;
  state: {
    running?: { startedAt: string };
    terminated?: { exitCode: number; reason?: string; startedAt: string; finishedAt: string };
  };
}

export interface List<T> {
  items: T[];
}

export function hasCondition(
  { status }: { status: { conditions?: Condition[] } },
  type: string,
): boolean {
  return status.conditions?.some((one) => one.type === type && one.status === "True") ?? false;
}
