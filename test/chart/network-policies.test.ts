import { beforeAll, describe, expect, test } from "vitest";
import type { Labels, NetworkPolicy, PolicyRule } from "./objects.ts";
import { componentOf, everything, render, type Rendered } from "./render.ts";

const dns = { ports: [udp(53), tcp(53)] };
const workerLabels = labelsOf("transcoder");

let byDefault: Rendered;
let changed: Rendered;

beforeAll(async () => {
  [byDefault, changed] = await Promise.all([render(), render({ file: everything })]);
});

test("every pod is denied everything by default, the Jobs' too", () => {
  const deny = byDefault.get("NetworkPolicy", "transpod-default-deny").spec;
  expect(deny.policyTypes).toEqual(["Ingress", "Egress"]);
  expect([deny.ingress, deny.egress]).toEqual([undefined, undefined]);
  const pods = byDefault.podTemplates().map(([, { metadata }]) => metadata.labels);
  for (const labels of [...pods, workerLabels]) expect(selects(deny, labels)).toBe(true);
});

test("every component has one policy of its own, both ways", () => {
  const pods = byDefault.podTemplates().map(([, { metadata }]) => metadata.labels);
  for (const labels of [...pods, workerLabels]) {
    const own = byDefault
      .all("NetworkPolicy")
      .filter(({ spec }) => selects(spec, labels) && componentOf(spec.podSelector.matchLabels));
    expect(own.map(({ metadata }) => metadata.name)).toEqual([`transpod-${componentOf(labels)}`]);
    expect(own[0]?.spec.policyTypes).toEqual(["Ingress", "Egress"]);
  }
});

test("another release's pods are not touched", () => {
  const other = { ...workerLabels, "app.kubernetes.io/instance": "other" };
  for (const { spec } of byDefault.all("NetworkPolicy")) expect(selects(spec, other)).toBe(false);
});

test("a transcoder reaches DNS, S3 outside private networks and the controller's work port", () => {
  expect(policy(byDefault, "transpod-transcoder")).toEqual({
    ingress: undefined,
    egress: [
      dns,
      {
        ports: [tcp(443)],
        to: [
          {
            ipBlock: {
              cidr: "0.0.0.0/0",
              except: [
                "10.0.0.0/8",
                "100.64.0.0/10",
                "169.254.0.0/16",
                "172.16.0.0/12",
                "192.168.0.0/16",
              ],
            },
          },
          { ipBlock: { cidr: "::/0", except: ["fc00::/7", "fe80::/10"] } },
        ],
      },
      { ports: [{ port: 8080 }], to: [podsOf("controller")] },
    ],
  });
});

test("receivers of webhooks are reached outside private networks, as S3 is", () => {
  const [, s3] = policy(byDefault, "transpod-transcoder").egress ?? [];
  expect(policy(byDefault, "transpod-controller").egress?.at(-1)).toEqual({
    ports: [tcp(80), tcp(443)],
    to: s3?.to,
  });
});

test("the work port is open to transcoders alone", () => {
  const { ingress } = policy(byDefault, "transpod-controller");
  expect(ingress).toEqual([
    { ports: [{ port: 8080 }], from: [podsOf("transcoder")] },
    { ports: [{ port: 9090 }] },
  ]);
});

describe("API and controller", () => {
  test("reach Postgres, S3 and SQS; only the controller reaches the API server", () => {
    const [api, controller] = ["transpod-api", "transpod-controller"].map((name) =>
      portsOf(policy(byDefault, name).egress),
    );
    expect(api).toEqual([53, 53, 5432, 443, 443, 80]);
    expect(controller).toEqual([53, 53, 5432, 443, 443, 80, 443, 6443, 80, 443]);
  });

  test("reach Pod Identity's agent unless they have keys", () => {
    const agent = {
      ports: [{ port: 80 }],
      to: [{ ipBlock: { cidr: "169.254.170.23/32" } }, { ipBlock: { cidr: "fd00:ec2::23/128" } }],
    };
    expect(policy(byDefault, "transpod-api").egress).toContainEqual(agent);
    expect(policy(byDefault, "transpod-controller").egress).toContainEqual(agent);
    expect(policy(changed, "video-api").egress).not.toContainEqual(agent);
  });
});

test("every destination and caller can be narrowed down", () => {
  const emulator = { namespaceSelector: { matchLabels: { team: "emulator" } } };
  const destinations = {
    dns: {
      ports: [udp(53), udp(5353), tcp(53), tcp(5353)],
      to: [{ ipBlock: { cidr: "169.254.20.10/32" } }],
    },
    database: { ports: [tcp(6432)], to: [{ ipBlock: { cidr: "10.0.5.0/24" } }] },
    s3: { ports: [tcp(4566)], to: [emulator] },
    sqs: { ports: [tcp(4567)], to: [emulator] },
    kubernetesApi: { ports: [tcp(8443)], to: [{ ipBlock: { cidr: "10.0.0.1/32" } }] },
    webhooks: { ports: [tcp(8080)], to: [{ ipBlock: { cidr: "10.0.7.0/24" } }] },
    otlp: {
      ports: [tcp(4319)],
      to: [{ namespaceSelector: { matchLabels: { team: "monitoring" } } }],
    },
  };
  const { dns: names, database, s3, sqs, kubernetesApi, webhooks, otlp } = destinations;
  expect(policy(changed, "video-api").egress).toEqual([names, database, s3, sqs, otlp]);
  expect(policy(changed, "video-controller").egress).toEqual([
    ...[names, database, s3, sqs, otlp],
    ...[kubernetesApi, webhooks],
  ]);
  expect(policy(changed, "video-transcoder").egress?.slice(0, 2)).toEqual([names, s3]);
  expect(policy(changed, "video-migration").egress).toEqual([names, database]);
  const team = (name: string) => ({ namespaceSelector: { matchLabels: { team: name } } });
  expect(policy(changed, "video-api").ingress).toEqual([
    { ports: [{ port: 8000 }], from: [team("ingress"), podsOf("test")] },
  ]);
  expect(policy(changed, "video-controller").ingress?.[1]).toEqual({
    ports: [{ port: 9090 }],
    from: [team("monitoring")],
  });
});

test("the migration's policy is there before its Job, and `helm test`'s before its pod", () => {
  const annotation = (object: { metadata: { annotations?: Labels } }, key: string) =>
    object.metadata.annotations?.[`helm.sh/${key}`];
  for (const [name, runs] of [
    ["transpod-migration", byDefault.get("Job", "transpod-migration")],
    ["transpod-test", byDefault.get("Pod", "transpod-test")],
  ] as const) {
    const before = byDefault.get("NetworkPolicy", name);
    expect(annotation(before, "hook")).toBe(annotation(runs, "hook"));
    expect(Number(annotation(before, "hook-weight"))).toBeLessThan(
      Number(annotation(runs, "hook-weight") ?? 0),
    );
    expect(annotation(before, "hook-delete-policy")).toBe(annotation(runs, "hook-delete-policy"));
  }
});

test("there are none when they are off", async () => {
  const rendered = await render({ values: { networkPolicy: { enabled: false } } });
  expect(rendered.all("NetworkPolicy")).toEqual([]);
});

function policy(rendered: Rendered, name: string) {
  const { ingress, egress } = rendered.get("NetworkPolicy", name).spec;
  return { ingress, egress };
}

function selects({ podSelector }: NetworkPolicy["spec"], labels: Labels): boolean {
  return Object.entries(podSelector.matchLabels).every(([key, value]) => labels[key] === value);
}

function portsOf(rules: PolicyRule[] = []): number[] {
  return rules.flatMap(({ ports }) => ports.map(({ port }) => port));
}

function podsOf(component: string) {
  return { podSelector: { matchLabels: labelsOf(component) } };
}

function labelsOf(component: string): Labels {
  return {
    "app.kubernetes.io/name": "transpod",
    "app.kubernetes.io/instance": "transpod",
    "app.kubernetes.io/component": component,
  };
}

function tcp(port: number) {
  return { port, protocol: "TCP" };
}

function udp(port: number) {
  return { port, protocol: "UDP" };
}
