import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { execa } from "execa";
import { describe, expect, test } from "vitest";
import { isMap, isScalar, parse, parseDocument, type YAMLMap } from "yaml";
import { chart, everything, helm, minimal, refusal, render } from "./render.ts";

const valuesFile = join(chart, "values.yaml");
const chartDocs = fileURLToPath(new URL("../../scripts/chart-docs", import.meta.url));

test("helm lint --strict finds nothing, with and without the required values", async () => {
  for (const files of [[], ["--values", minimal], ["--values", everything]]) {
    const { stdout } = await helm(["lint", "--strict", chart, ...files]);
    expect(stdout).toContain("0 chart(s) failed");
  }
});

describe("required values", () => {
  test("are all named at once, each with what to do", async () => {
    const said = await refusal({ file: null });
    expect(said).toContain("Transpod needs these values");
    expect(said).toContain("- database.existingSecret: name a Secret in namespace media");
    expect(said).toContain("kubectl create secret generic transpod-database --namespace media");
    expect(said).toContain("- aws.rawBucket: name the bucket that clients upload to.");
    expect(said).toContain("- aws.processedBucket: name the bucket for what was transcoded.");
    expect(said).toContain("- aws.queueUrl: give the URL of the queue");
  });

  test.each(["database.existingSecret", "aws.rawBucket", "aws.processedBucket", "aws.queueUrl"])(
    "%s alone is asked for when it alone is missing",
    async (path) => {
      const said = await refusal({ values: at(path, "") });
      expect(said.match(/^- .*?:/gm)).toEqual([`- ${path}:`]);
    },
  );

  test("an Ingress needs a host", async () => {
    const said = await refusal({ values: { api: { ingress: { enabled: true } } } });
    expect(said).toContain("- api.ingress.hosts: name at least one host");
  });
});

describe("the schema", () => {
  test("refuses unknown keys at every level", async () => {
    const defaults = parse(await readFile(valuesFile, "utf8")) as object;
    const levels = levelsOf(defaults).filter((path) => !takesAnyKey(path));
    expect(levels).toContain("api.autoscaling");
    const typos = levels.reduce((values, path) => merge(values, at(path, { tpyo: 1 })), {});
    const said = await refusal({ values: typos });
    for (const path of levels) {
      const pointer = path === "" ? "''" : `'/${path.replaceAll(".", "/")}'`;
      expect(said).toContain(`at ${pointer}: additional properties 'tpyo' not allowed`);
    }
  });

  test("refuses unknown keys in the items of lists", async () => {
    const said = await refusal({
      values: {
        image: { pullSecrets: [{ name: "a", tpyo: 1 }] },
        api: { ingress: { tls: [{ tpyo: 1 }] }, tolerations: [{ tpyo: 1 }] },
        networkPolicy: { s3: { to: [{ tpyo: 1 }] } },
      },
    });
    expect(said.match(/'tpyo' not allowed/g)).toHaveLength(4);
  });

  test.each([
    ["api.replicas", "two"],
    ["api.replicas", -1],
    ["api.trustProxy", true],
    ["api.uploadUrlTtlSeconds", 604_801],
    ["api.auth", "on"],
    ["api.rateLimitPerMinute", -1],
    ["api.corsOrigins", ["https://video.example.com/with-a-path"]],
    ["api.image.digest", "sha256:short"],
    ["api.podLabels", { "app.kubernetes.io/component": "other" }],
    ["transcoder.labels", { "transpod.io/file": "other" }],
    ["transcoder.resources.memory", "2 GB"],
    ["controller.leaderElection", "on"],
    ["controller.jobDeadlineSeconds", 59],
    ["controller.recordRetentionDays", 29],
    ["image.pullPolicy", "Sometimes"],
    ["image.registry", "https://registry.example.com"],
    ["logLevel", "verbose"],
    ["maxUploadBytes", 10_000 * 5 * 1024 ** 3 + 1],
    ["networkPolicy.s3.ports", [0]],
    ["serviceMonitor.interval", "half a minute"],
    ["fullnameOverride", "x".repeat(53)],
  ])("refuses %s = %j", async (path, value) => {
    const said = await refusal({ values: at(path, value) });
    expect(said).toContain(`at '/${path.replaceAll(".", "/")}`);
  });

  test("takes `global`, which Helm adds when the chart is part of another", async () => {
    await render({ values: { global: { region: "x" } } });
  });

  test("describes every property", async () => {
    const schema = JSON.parse(await readFile(join(chart, "values.schema.json"), "utf8")) as Schema;
    const undescribed = propertiesOf(schema)
      .filter(([, property]) => (property.description ?? property.$ref) === undefined)
      .map(([path]) => path);
    expect(undescribed).toEqual([]);
  });
});

describe("documentation", () => {
  test("a `# --` line stands above every value", async () => {
    const document = parseDocument(await readFile(valuesFile, "utf8"));
    expect(undocumented(document.contents as YAMLMap)).toEqual([]);
  });

  test("README.md is as values.yaml says", async () => {
    await execa(chartDocs, ["--check"]);
  });
});

test("everything.yaml, which other tests rely on, changes every value but these", async () => {
  const [defaults, changes] = await Promise.all(
    [valuesFile, everything].map(async (file) => parse(await readFile(file, "utf8")) as object),
  );
  const unchanged = leavesOf(defaults as object).filter(([path, value]) =>
    isDeepStrictEqual(value, read(changes as object, path) ?? value),
  );
  expect(unchanged.map(([path]) => path)).toEqual([
    ...["repository", "tag", "digest"].map((key) => `api.image.${key}`),
    ...["repository", "tag", "digest"].map((key) => `controller.image.${key}`),
    "transcoder.image.digest",
    ...["repository", "tag", "digest"].map((key) => `migration.image.${key}`),
    "podDisruptionBudget.enabled",
    "networkPolicy.enabled",
  ]);
});

test("the notes tell the next three commands", async () => {
  const args = ["install", "transpod", chart, "--dry-run=client", "--values", everything];
  const { stdout } = await helm(args);
  const notes = stdout.slice(stdout.indexOf("NOTES:"));
  expect(notes).toContain("kubectl port-forward --namespace media service/video-api 8000:80\n");
  expect(notes).toContain("curl --upload-file holiday.mov");
  expect(notes).toContain("kubectl get jobs --namespace media");
  expect(notes).not.toContain("API key");
  const asking = await helm([...args, "--set", "api.auth=true"]);
  expect(asking.stdout).toContain("deploy/video-api -- node keys.js create me\n");
  expect(asking.stdout).toContain('--oauth2-bearer "$API_KEY"');
  expect(notes).toContain("--label-columns transpod.io/file");
});

interface Schema {
  $ref?: string;
  description?: string;
  properties?: Record<string, Schema>;
  definitions?: Record<string, Schema>;
  items?: Schema;
}

function propertiesOf(schema: Schema, path = ""): [string, Schema][] {
  const inside = Object.entries({ ...schema.properties, ...schema.definitions }).flatMap(
    ([key, property]): [string, Schema][] => [
      [`${path}.${key}`, property],
      ...propertiesOf(property, `${path}.${key}`),
    ],
  );
  return schema.items === undefined
    ? inside
    : [...inside, [`${path}[]`, schema.items], ...propertiesOf(schema.items, `${path}[]`)];
}

/** Values without a `# --` line: their own, or one of a value that they are part of. */
function undocumented(map: YAMLMap, path = "", above = map.commentBefore ?? ""): string[] {
  return map.items.flatMap(({ key, value }, index) => {
    if (!isScalar(key)) throw new Error(`${path} has a key that is no scalar.`);
    // The parser gives the comment above the first key to the map.
    const comment = key.commentBefore ?? (index === 0 ? above : "");
    const name = path === "" ? String(key.value) : `${path}.${String(key.value)}`;
    if (comment.split("\n").some((line) => line.startsWith(" -- "))) return [];
    return isMap(value) && value.items.length > 0 ? undocumented(value, name) : [name];
  });
}

/** Values that are no maps, or empty ones, with their paths. */
function leavesOf(value: object, path = ""): [string, unknown][] {
  return Object.entries(value).flatMap(([key, child]: [string, unknown]): [string, unknown][] => {
    const name = path === "" ? key : `${path}.${key}`;
    const inside = isObject(child) ? leavesOf(child, name) : [];
    return inside.length > 0 ? inside : [[name, child]];
  });
}

function read(value: object, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], value);
}

/** Paths of all maps of the values, the root's "" included. */
function levelsOf(value: object, path = ""): string[] {
  const inside = Object.entries(value).flatMap(([key, child]: [string, unknown]) =>
    isObject(child) ? levelsOf(child, path === "" ? key : `${path}.${key}`) : [],
  );
  return [path, ...inside];
}

function takesAnyKey(path: string): boolean {
  return /(annotations|labels|nodeSelector|requests|limits)$/i.test(path);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A value at a path: `at("a.b", 1)` is `{ a: { b: 1 } }`. */
function at(path: string, value: unknown): object {
  const keys = path === "" ? [] : path.split(".");
  return keys.reduceRight((inner, key) => ({ [key]: inner }), value) as object;
}

function merge(a: object, b: object): object {
  const both = Object.entries(b).map(([key, value]: [string, unknown]) => {
    const other = (a as Record<string, unknown>)[key];
    return [key, isObject(value) && isObject(other) ? merge(other, value) : value];
  });
  return { ...a, ...(Object.fromEntries(both) as object) };
}
