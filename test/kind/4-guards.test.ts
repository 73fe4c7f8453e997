import { describe, expect, test } from "vitest";
import { podsOf } from "./cluster.ts";
import type { List, Meta } from "./objects.ts";
import { installation, kubectl, kubectlJson } from "./tools.ts";
import { until } from "./until.ts";

const { namespace, release } = installation;
const userOf = (account: string) => `system:serviceaccount:${namespace}:${account}`;

/** `verb resource`, for everything that a ServiceAccount may do and an anonymous one may not. */
async function permissionsOf(account: string): Promise<string[]> {
  const table = await kubectl(["auth", "can-i", "--list", "--as", userOf(account)]);
  return table
    .split("\n")
    .slice(1)
    .flatMap((line) => {
      const [resource = "", , , verbs = ""] = line.split(/ {2,}|\s(?=\[)/);
      return verbs
        .replaceAll(/[[\]]/g, "")
        .split(" ")
        .map((verb) => `${verb} ${resource}`);
    });
}

async function canI(account: string, ...question: string[]): Promise<string> {
  const asked = ["auth", "can-i", ...question, "--as", userOf(account)];
  // It answers by its exit code too.
  return await kubectl(asked).catch((error: { stdout?: string }) => error.stdout ?? "");
}

describe("kubectl auth can-i", () => {
  const accounts = ["api", "controller", "transcoder"].map((part) => `${release}-${part}`);
  const forbidden = [
    ["get", "secrets"],
    ["list", "secrets"],
    ["create", "pods"],
    ["create", "pods", "--subresource=exec"],
    ["get", "pods", "--subresource=exec"],
    ["patch", "pods", "--subresource=ephemeralcontainers"],
    ["create", "serviceaccounts", "--subresource=token"],
    ["create", "deployments.apps"],
    ["patch", "deployments.apps"],
    ["create", "roles.rbac.authorization.k8s.io"],
    ["impersonate", "users"],
    ["get", "nodes"],
    ["get", "secrets", "--all-namespaces"],
    ["create", "jobs.batch", "--all-namespaces"],
    ["*", "*"],
  ];

  test.each(accounts)(
    "says no to everything that would give %s more than its part",
    async (account) => {
      const answers = await Promise.all(
        forbidden.map(async (question) => [question.join(" "), await canI(account, ...question)]),
      );
      expect(answers.filter(([, answer]) => answer?.startsWith("no") !== true)).toEqual([]);
    },
  );

  test("lists nothing for the API and the transcoder that not everybody may do", async () => {
    const everybody = await permissionsOf("somebody-without-any-role");
    expect(everybody.length).toBeGreaterThan(0);
    for (const account of [`${release}-api`, `${release}-transcoder`]) {
      expect(await permissionsOf(account)).toEqual(everybody);
    }
  });

  test("lists for the controller Jobs, looks at pods, Events and token reviews, and no more", async () => {
    const everybody = new Set(await permissionsOf("somebody-without-any-role"));
    const own = (await permissionsOf(`${release}-controller`)).filter((one) => !everybody.has(one));
    const resources = new Set(own.map((permission) => permission.split(" ")[1]));
    expect(resources).toContain("jobs.batch");
    expect(resources).toContain("tokenreviews.authentication.k8s.io");
    const writes = own.filter((permission) => !/^(get|list|watch) /.test(permission));
    expect(writes.filter((one) => !/ (jobs\.batch|events.*|tokenreviews.*)$/.test(one))).toEqual(
      [],
    );
  });
});

describe("the namespace", () => {
  test("enforces the restricted Pod Security Standard", async () => {
    const { metadata } = await kubectlJson<{ metadata: Meta }>(["get", "namespace", namespace]);
    expect(metadata.labels).toMatchObject({ "pod-security.kubernetes.io/enforce": "restricted" });
  });

  test.each([
    { what: "a privileged pod", container: { securityContext: { privileged: true } } },
    { what: "a pod that says nothing of its security", container: {} },
  ])("refuses $what", async ({ container }) => {
    const pod = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { generateName: "intruder-" },
      spec: { containers: [{ name: "intruder", image: "intruder", ...container }] },
    };
    const create = kubectl(["create", "--dry-run=server", "-f", "-"], {
      input: JSON.stringify(pod),
    });
    await expect(create).rejects.toThrow('violates PodSecurity "restricted');
  });

  test("runs no pod of the release that it would not admit today", async () => {
    const pods = await podsOf("app.kubernetes.io/component");
    expect(pods.length).toBeGreaterThanOrEqual(2);
    const items = pods.map(({ metadata, spec }) => ({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: `again-${metadata.uid}` },
      spec: { ...spec, nodeName: undefined },
    }));
    const again = { apiVersion: "v1", kind: "List", items };
    await kubectl(["create", "--dry-run=server", "-f", "-"], { input: JSON.stringify(again) });
  });
});

interface NetworkPolicy {
  metadata: Meta;
  spec: {
    podSelector: { matchLabels?: Record<string, string> };
    policyTypes: string[];
    ingress?: object[];
    egress?: object[];
  };
}

describe("NetworkPolicies", () => {
  async function policiesFor(labels: Record<string, string>): Promise<NetworkPolicy[]> {
    const { items } = await kubectlJson<List<NetworkPolicy>>(["get", "networkpolicies"]);
    return items.filter(({ spec }) =>
      Object.entries(spec.podSelector.matchLabels ?? {}).every(
        ([key, value]) => labels[key] === value,
      ),
    );
  }

  test.each(["api", "controller", "transcoder"])(
    "deny all, and then allow something, for every pod of the %s",
    async (component) => {
      const labels =
        component === "transcoder"
          ? await labelsOfWorkers()
          : (await podsOf(`app.kubernetes.io/component=${component}`))[0]?.metadata.labels;
      const policies = await policiesFor(labels ?? {});
      const directions = new Set(policies.flatMap(({ spec }) => spec.policyTypes));
      expect(directions).toEqual(new Set(["Ingress", "Egress"]));
      expect(policies.some(({ spec }) => (spec.egress ?? []).length > 0)).toBe(true);
    },
  );

  test("let nobody connect to a worker", async () => {
    const policies = await policiesFor(await labelsOfWorkers());
    expect(policies.some(({ spec }) => spec.policyTypes.includes("Ingress"))).toBe(true);
    expect(policies.flatMap(({ spec }) => spec.ingress ?? [])).toEqual([]);
  });
});

/** Of the Jobs that the files before this one have left. */
async function labelsOfWorkers(): Promise<Record<string, string>> {
  return await until(async () => {
    const [pod] = await podsOf("app.kubernetes.io/component=transcoder");
    return pod?.metadata.labels;
  }, "a worker's pod is there to be looked at");
}
