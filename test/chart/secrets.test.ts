import { describe, expect, test } from "vitest";
import { everything, minimal, render } from "./render.ts";

describe.each([
  ["the minimum", minimal],
  ["every option", everything],
])("with %s", (_, file) => {
  test("there is no Secret among the objects: all of them exist before", async () => {
    const kinds = (await render({ file })).objects.map(({ kind }) => kind);
    expect(kinds).not.toContain("Secret");
  });

  test("variables that hold secrets refer to a Secret", async () => {
    const rendered = await render({ file });
    const variables = rendered
      .podTemplates()
      .flatMap(([, { spec }]) => spec.containers.flatMap(({ env = [] }) => env))
      .filter(({ name }) => /DATABASE_URL|KEY/.test(name));
    expect(variables.length).toBeGreaterThan(0);
    for (const { value, valueFrom } of variables) {
      expect(value).toBeUndefined();
      expect(valueFrom?.secretKeyRef).toBeDefined();
    }
  });

  test("ConfigMaps hold the settings of Jobs and nothing else, but for the dashboard", async () => {
    const maps = (await render({ file }))
      .all("ConfigMap")
      .filter(({ metadata }) => metadata.labels["grafana_dashboard"] === undefined);
    expect(maps.flatMap(({ data }) => Object.keys(data))).toEqual(["job-settings.json"]);
    for (const { data } of maps) {
      expect(JSON.stringify(data)).not.toMatch(/database|postgres|my-aws|AWS|bucket|queue\./i);
    }
  });
});

test("API, controller and migration read the connection string from the Secret that is named", async () => {
  const rendered = await render({ file: everything });
  const readers = rendered
    .podTemplates()
    .flatMap(([component, { spec }]) =>
      spec.containers[0].env?.some(
        ({ name, valueFrom }) =>
          name === "DATABASE_URL" &&
          valueFrom?.secretKeyRef?.name === "my-database" &&
          valueFrom.secretKeyRef.key === "url",
      )
        ? [component]
        : [],
    );
  expect(readers.toSorted()).toEqual(["api", "controller", "migration"]);
});

test("AWS keys come from the Secret that is named, and are not asked for when none is", async () => {
  const keysOf = async (file: string) =>
    (await render({ file }))
      .podTemplates()
      .flatMap(([component, { spec }]) =>
        (spec.containers[0].env ?? [])
          .filter(({ name }) => /^AWS_.*KEY/.test(name))
          .map(({ name, valueFrom }) => [component, name, valueFrom?.secretKeyRef]),
      );
  const id = { name: "my-aws", key: "AWS_ACCESS_KEY_ID" };
  const secret = { name: "my-aws", key: "AWS_SECRET_ACCESS_KEY" };
  expect(await keysOf(everything)).toEqual([
    ["api", "AWS_ACCESS_KEY_ID", id],
    ["api", "AWS_SECRET_ACCESS_KEY", secret],
    ["controller", "AWS_ACCESS_KEY_ID", id],
    ["controller", "AWS_SECRET_ACCESS_KEY", secret],
  ]);
  expect(await keysOf(minimal)).toEqual([]);
});
