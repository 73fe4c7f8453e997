import { beforeAll, describe, expect, test } from "vitest";
import { everything, render, type Rendered } from "./render.ts";

let rendered: Rendered;
beforeAll(async () => {
  rendered = await render();
});

test("the controller may handle Jobs and pods of its namespace, and nothing else", () => {
  expect(rendered.all("Role").map(({ metadata, rules }) => [metadata.name, rules])).toEqual([
    [
      "transpod-controller",
      [
        {
          apiGroups: ["batch"],
          resources: ["jobs"],
          verbs: ["get", "list", "watch", "create", "patch", "delete"],
        },
        { apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch"] },
        { apiGroups: [""], resources: ["events"], verbs: ["create"] },
        {
          apiGroups: [""],
          resources: ["serviceaccounts"],
          resourceNames: ["transpod-transcoder"],
          verbs: ["get"],
        },
      ],
    ],
  ]);
});

test("of the whole cluster it may ask whose a token is, and nothing else", () => {
  expect(rendered.all("ClusterRole").map(({ rules }) => rules)).toEqual([
    [{ apiGroups: ["authentication.k8s.io"], resources: ["tokenreviews"], verbs: ["create"] }],
  ]);
});

test("both roles are bound to the controller's ServiceAccount alone", () => {
  const bindings = [...rendered.all("RoleBinding"), ...rendered.all("ClusterRoleBinding")];
  const controller = { kind: "ServiceAccount", name: "transpod-controller", namespace: "media" };
  expect(bindings.map(({ roleRef, subjects }) => [roleRef.kind, roleRef.name, subjects])).toEqual([
    ["Role", "transpod-controller", [controller]],
    ["ClusterRole", "media-transpod-token-review", [controller]],
  ]);
});

test("releases of the same name in two namespaces share no ClusterRole", () => {
  const [role] = rendered.all("ClusterRole");
  expect(role?.metadata.name).toMatch(/^media-/);
});

describe("ServiceAccounts", () => {
  test("there are three, and none is mounted unless a pod says so", () => {
    const accounts = rendered.all("ServiceAccount");
    expect(accounts.map(({ metadata }) => metadata.name)).toEqual([
      "transpod-api",
      "transpod-controller",
      "transpod-transcoder",
    ]);
    for (const account of accounts) expect(account.automountServiceAccountToken).toBe(false);
  });

  test("only the controller's pods get a token of the API server", () => {
    const mounted = rendered
      .podTemplates()
      .filter(([, { spec }]) => spec.automountServiceAccountToken !== false)
      .map(([component]) => component);
    expect(mounted).toEqual(["controller"]);
  });

  test("hooks use none: the migration runs before they exist", () => {
    const named = rendered
      .podTemplates()
      .map(([component, { spec }]) => [component, spec.serviceAccountName]);
    expect(Object.fromEntries(named)).toEqual({
      api: "transpod-api",
      controller: "transpod-controller",
      migration: undefined,
      test: undefined,
    });
  });

  test("each carries its own annotations, for IRSA", async () => {
    const accounts = (await render({ file: everything })).all("ServiceAccount");
    const annotations = accounts.map(({ metadata }) => metadata.annotations);
    expect(annotations).toEqual([
      { "eks.amazonaws.com/role-arn": "arn:aws:iam::123456789012:role/api" },
      { "eks.amazonaws.com/role-arn": "arn:aws:iam::123456789012:role/controller" },
      { "example.com/note": "transcoder" },
    ]);
  });
});
