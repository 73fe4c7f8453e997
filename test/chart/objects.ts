/** The parts of Kubernetes' objects that the suite looks at. */
export type Labels = Record<string, string>;

export interface Metadata {
  name: string;
  namespace?: string;
  labels: Labels;
  annotations?: Labels;
}

export interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: Metadata;
}

export interface EnvVar {
  name: string;
  value?: string;
  valueFrom?: {
    secretKeyRef?: { name: string; key: string };
    fieldRef?: { fieldPath: string };
  };
}

export interface Probe {
  httpGet: { path: string; port: string };
}

export interface Container {
  image: string;
  imagePullPolicy: string;
  args?: string[];
  env?: EnvVar[];
  ports?: { name: string; containerPort: number }[];
  resources: { requests?: object; limits?: object };
  securityContext: {
    allowPrivilegeEscalation: boolean;
    readOnlyRootFilesystem: boolean;
    capabilities: { drop: string[]; add?: string[] };
  };
  startupProbe?: Probe;
  livenessProbe?: Probe;
  readinessProbe?: Probe;
  volumeMounts?: { name: string; mountPath: string }[];
}

export interface PodSpec {
  serviceAccountName?: string;
  automountServiceAccountToken?: boolean;
  enableServiceLinks: boolean;
  imagePullSecrets?: { name: string }[];
  securityContext: {
    runAsNonRoot: boolean;
    runAsUser: number;
    seccompProfile: { type: string };
  };
  containers: [Container, ...Container[]];
  initContainers?: Container[];
  volumes?: { name: string; hostPath?: object; configMap?: { name: string } }[];
  hostNetwork?: boolean;
  hostPID?: boolean;
  hostIPC?: boolean;
  nodeSelector?: Labels;
  tolerations?: object[];
  affinity?: object;
  topologySpreadConstraints?: { labelSelector: object }[];
  priorityClassName?: string;
  terminationGracePeriodSeconds?: number;
}

export interface PodTemplate {
  metadata: { labels: Labels; annotations?: Labels };
  spec: PodSpec;
}

export interface Deployment extends KubernetesObject {
  spec: {
    replicas?: number;
    selector: { matchLabels: Labels };
    strategy: { rollingUpdate: { maxUnavailable: number } };
    template: PodTemplate;
  };
}

export interface Job extends KubernetesObject {
  spec: { activeDeadlineSeconds: number; ttlSecondsAfterFinished: number; template: PodTemplate };
}

export interface Pod extends KubernetesObject {
  spec: PodSpec;
}

export interface Service extends KubernetesObject {
  spec: {
    type?: string;
    selector: Labels;
    ports: { name: string; port: number; targetPort: string; nodePort?: number }[];
  };
}

export interface ServiceAccount extends KubernetesObject {
  automountServiceAccountToken: boolean;
}

export interface ConfigMap extends KubernetesObject {
  data: Record<string, string>;
}

export interface PolicyRule {
  ports: { port: number; protocol?: string }[];
  from?: object[];
  to?: object[];
}

export interface NetworkPolicy extends KubernetesObject {
  spec: {
    podSelector: { matchLabels: Labels };
    policyTypes: string[];
    ingress?: PolicyRule[];
    egress?: PolicyRule[];
  };
}

export interface Role extends KubernetesObject {
  rules: { apiGroups: string[]; resources: string[]; verbs: string[]; resourceNames?: string[] }[];
}

export interface RoleBinding extends KubernetesObject {
  roleRef: { kind: string; name: string };
  subjects: { kind: string; name: string; namespace: string }[];
}

/** Of any other kind; what is in it is compared as a whole. */
export interface Other extends KubernetesObject {
  spec: object;
}

export interface Alert {
  alert: string;
  expr: string;
  labels: Labels;
  annotations: { summary: string; description: string; runbook: string };
}

export interface PrometheusRule extends KubernetesObject {
  spec: { groups: { rules: Alert[] }[] };
}

export interface Kinds {
  Deployment: Deployment;
  Job: Job;
  Pod: Pod;
  Service: Service;
  ServiceAccount: ServiceAccount;
  ConfigMap: ConfigMap;
  NetworkPolicy: NetworkPolicy;
  Role: Role;
  RoleBinding: RoleBinding;
  ClusterRole: Role;
  ClusterRoleBinding: RoleBinding;
  PodDisruptionBudget: Other;
  HorizontalPodAutoscaler: Other;
  Ingress: Other;
  ServiceMonitor: Other;
  PrometheusRule: PrometheusRule;
}
