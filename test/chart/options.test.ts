import { beforeAll, describe, expect, test } from "vitest";
import type { PodSpec } from "./objects.ts";
import { everything, render, type Rendered } from "./render.ts";

const digest = `sha256:${"ab".repeat(32)}`;

let byDefault: Rendered;
let changed: Rendered;

beforeAll(async () => {
  [byDefault, changed] = await Promise.all([render(), render({ file: everything })]);
});

describe("images", () => {
  test("are of the chart's appVersion", () => {
    expect(imagesOf(byDefault)).toEqual({
      api: "transpod-api:0.1.0",
      controller: "transpod-controller:0.1.0",
      migration: "transpod-cli:0.1.0",
      test: "transpod-api:0.1.0",
      transcoder: "transpod-transcoder:0.1.0",
    });
  });

  test("come from one registry, and have one tag unless they have their own", () => {
    const registry = "registry.example.com:5000/media";
    expect(imagesOf(changed)).toEqual({
      api: `${registry}/transpod-api:2.0`,
      controller: `${registry}/transpod-controller:2.0`,
      migration: `${registry}/transpod-cli:2.0`,
      test: `${registry}/transpod-api:2.0`,
      transcoder: `${registry}/fast-transcoder:3.1`,
    });
  });

  test("a digest wins over both tags", async () => {
    const image = { digest, tag: "own" };
    const values = { api: { image }, controller: { image }, migration: { image } };
    const rendered = await render({
      values: { image: { tag: "all" }, transcoder: { image }, ...values },
    });
    expect(imagesOf(rendered)).toEqual({
      api: `transpod-api@${digest}`,
      controller: `transpod-controller@${digest}`,
      migration: `transpod-cli@${digest}`,
      test: `transpod-api@${digest}`,
      transcoder: `transpod-transcoder@${digest}`,
    });
  });

  test("are pulled as the values say, with their Secrets", () => {
    for (const [, { spec }] of changed.podTemplates()) {
      expect(spec.containers[0].imagePullPolicy).toBe("Always");
      expect(spec.imagePullSecrets).toEqual([{ name: "pull-secret" }]);
    }
  });
});

describe("names", () => {
  test.each([
    ["transpod", "transpod-api"],
    ["my-transpod", "my-transpod-api"],
    ["video", "video-transpod-api"],
  ])("of release %s start with its name and have the chart's in it", async (release, name) => {
    const rendered = await render({ release });
    rendered.get("Deployment", name);
    rendered.get("Service", name);
  });

  test("fit into a label even for the longest release", async () => {
    const rendered = await render({ release: "r".repeat(53) });
    const lengths = rendered.objects
      .filter(({ kind }) => !kind.startsWith("Cluster"))
      .map(({ metadata }) => metadata.name.length);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(52 + "-default-deny".length);
    const services = rendered.all("Service").map(({ metadata }) => metadata.name.length);
    expect(Math.max(...services)).toBeLessThanOrEqual(63);
  });
});

describe("where pods run", () => {
  test("API and controller are spread over nodes, by their own labels", () => {
    for (const name of ["transpod-api", "transpod-controller"]) {
      const { selector, template } = byDefault.get("Deployment", name).spec;
      expect(template.spec.topologySpreadConstraints).toEqual([
        {
          maxSkew: 1,
          topologyKey: "kubernetes.io/hostname",
          whenUnsatisfiable: "ScheduleAnyway",
          labelSelector: selector,
        },
      ]);
    }
  });

  test("each component has its own rules; the test runs where the API may", () => {
    const api = {
      nodeSelector: { "kubernetes.io/arch": "arm64" },
      tolerations: [{ key: "api", operator: "Exists" }],
      affinity: { podAntiAffinity: {} },
      topologySpreadConstraints: [
        {
          maxSkew: 2,
          topologyKey: "topology.kubernetes.io/zone",
          whenUnsatisfiable: "DoNotSchedule",
          labelSelector: { matchLabels: { team: "media" } },
        },
      ],
      priorityClassName: "api-class",
    };
    expect(
      Object.fromEntries(changed.podTemplates().map(([c, { spec }]) => [c, place(spec)])),
    ).toEqual({
      api,
      controller: {
        nodeSelector: { "kubernetes.io/arch": "arm64" },
        tolerations: [{ key: "controller", operator: "Exists" }],
        affinity: { nodeAffinity: {} },
        topologySpreadConstraints: undefined,
        priorityClassName: "controller-class",
      },
      migration: {
        nodeSelector: { "kubernetes.io/arch": "arm64" },
        tolerations: [{ key: "migration", operator: "Exists" }],
        affinity: undefined,
        topologySpreadConstraints: undefined,
        priorityClassName: undefined,
      },
      test: api,
    });
  });

  test("resources, labels and annotations of pods come from the values", () => {
    const pods = Object.fromEntries(changed.podTemplates());
    expect(pods["api"]?.spec.containers[0].resources).toEqual({
      requests: { cpu: 1, memory: "256Mi" },
      limits: { memory: "1Gi" },
    });
    expect(pods["migration"]?.spec.containers[0].resources).toEqual({
      requests: { cpu: "10m", memory: "64Mi" },
      limits: { memory: "512Mi" },
    });
    for (const component of ["api", "controller", "migration"]) {
      expect(pods[component]?.metadata.labels["team"]).toBe("media");
    }
    expect(pods["api"]?.metadata.annotations).toEqual({ "example.com/note": "api" });
    expect(pods["controller"]?.metadata.annotations).toMatchObject({
      "example.com/note": "controller",
    });
    expect(pods["migration"]?.metadata.annotations).toEqual({ "sidecar.istio.io/inject": "false" });
  });
});

describe("how many pods there are", () => {
  test("is what the values say, and none of them is away during an upgrade", () => {
    for (const { spec } of byDefault.all("Deployment")) {
      expect(spec.replicas).toBe(2);
      expect(spec.strategy.rollingUpdate.maxUnavailable).toBe(0);
      expect(spec.template.spec.terminationGracePeriodSeconds).toBe(30);
    }
  });

  test("is the HorizontalPodAutoscaler's affair when there is one", () => {
    expect(byDefault.all("HorizontalPodAutoscaler")).toEqual([]);
    expect(changed.get("Deployment", "video-api").spec.replicas).toBeUndefined();
    expect(changed.get("HorizontalPodAutoscaler", "video-api").spec).toEqual({
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "video-api" },
      minReplicas: 3,
      maxReplicas: 9,
      metrics: [
        {
          type: "Resource",
          resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 60 } },
        },
      ],
    });
  });

  test("may fall by one while nodes are drained", async () => {
    for (const name of ["transpod-api", "transpod-controller"]) {
      expect(byDefault.get("PodDisruptionBudget", name).spec).toEqual({
        maxUnavailable: 1,
        unhealthyPodEvictionPolicy: "AlwaysAllow",
        selector: byDefault.get("Deployment", name).spec.selector,
      });
    }
    expect(changed.get("PodDisruptionBudget", "video-api").spec).toMatchObject({
      maxUnavailable: "50%",
    });
    const alone = await render({ values: { controller: { replicas: 1 } } });
    expect(alone.all("PodDisruptionBudget").map(({ metadata }) => metadata.name)).toEqual([
      "transpod-api",
    ]);
    const off = await render({ values: { podDisruptionBudget: { enabled: false } } });
    expect(off.all("PodDisruptionBudget")).toEqual([]);
  });
});

describe("how the API is reached", () => {
  test("its Service is of the type, on the port and with the annotations of the values", () => {
    const { metadata, spec } = changed.get("Service", "video-api");
    expect(metadata.annotations).toEqual({ "example.com/note": "service" });
    expect(spec.type).toBe("NodePort");
    expect(spec.ports).toEqual([{ name: "http", port: 80, targetPort: "http", nodePort: 30_800 }]);
    expect(byDefault.get("Service", "transpod-api").spec.type).toBe("ClusterIP");
  });

  test("an Ingress leads to it when it is enabled", () => {
    expect(byDefault.all("Ingress")).toEqual([]);
    const { metadata, spec } = changed.get("Ingress", "video-api");
    expect(metadata.annotations).toEqual({ "example.com/note": "ingress" });
    const service = { name: "video-api", port: { name: "http" } };
    expect(spec).toEqual({
      ingressClassName: "nginx",
      rules: [
        {
          host: "video-api.example.com",
          http: { paths: [{ path: "/", pathType: "Prefix", backend: { service } }] },
        },
      ],
      tls: [{ secretName: "video-api-tls", hosts: ["video-api.example.com"] }],
    });
  });

  test("helm test asks it through its Service", () => {
    const [script] = changed.get("Pod", "video-test").spec.containers[0].args ?? [];
    expect(script).toContain('"http://video-api.media.svc:80" + path');
    expect(script).toContain('["/readyz", "/openapi.json"]');
  });
});

test("whoever talks to Postgres trusts the certificates that are named", () => {
  for (const [component, { spec }] of changed.podTemplates()) {
    if (component === "test") continue;
    const [{ env, volumeMounts }] = spec.containers;
    const path = env?.find(({ name }) => name === "NODE_EXTRA_CA_CERTS")?.value;
    expect(path).toBe("/etc/transpod/database/bundle.pem");
    expect(volumeMounts).toContainEqual({
      name: "database-ca",
      mountPath: "/etc/transpod/database",
      readOnly: true,
    });
    expect(spec.volumes).toContainEqual({ name: "database-ca", configMap: { name: "rds-ca" } });
  }
  const [{ env }] = byDefault.get("Deployment", "transpod-api").spec.template.spec.containers;
  expect(env?.map(({ name }) => name)).not.toContain("NODE_EXTRA_CA_CERTS");
});

/** The image of each component, the transcoder's out of the settings of Jobs. */
function imagesOf(rendered: Rendered): Record<string, string> {
  const own = rendered.podTemplates().map(([name, { spec }]) => [name, spec.containers[0].image]);
  const [map] = rendered.all("ConfigMap");
  const { image } = JSON.parse(map?.data["job-settings.json"] ?? "") as { image: string };
  return Object.fromEntries([...own, ["transcoder", image]]) as Record<string, string>;
}

function place(spec: PodSpec) {
  const { nodeSelector, tolerations, affinity, topologySpreadConstraints, priorityClassName } =
    spec;
  return { nodeSelector, tolerations, affinity, topologySpreadConstraints, priorityClassName };
}
