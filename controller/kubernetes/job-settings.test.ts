import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ConfigError } from "@transpod/runtime/environment.ts";
import { readJobSettings } from "./job-settings.ts";
import { jobSettings } from "./testing/builders.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "transpod-test-settings-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function read(content: string) {
  const path = join(folder, "jobs.json");
  await writeFile(path, content);
  return readJobSettings(path);
}

async function faultsOf(content: string): Promise<string[]> {
  const error = await read(content).catch((thrown: unknown) => thrown);
  if (!(error instanceof ConfigError)) throw new Error("no ConfigError");
  return error.faults.map((fault) => fault.replace(/^JOB_SETTINGS_FILE \S+: /, ""));
}

const { instance, image, serviceAccountName, workUrl, resources } = jobSettings;
const { cpuRequest, memory } = resources;
const least = { instance, image, serviceAccountName, workUrl, resources: { cpuRequest, memory } };

test("what isn't given has the default of the chart", async () => {
  expect(await read(JSON.stringify(least))).toEqual(jobSettings);
});

test("all of it is read as it is", async () => {
  const all = {
    ...jobSettings,
    resources: { cpuRequest: "500m", cpuLimit: "2", memory: "512Mi" },
    labels: { a: "b" },
    tolerations: [{ key: "video", operator: "Exists" }],
    affinity: { nodeAffinity: { anything: [1] } },
  };
  expect(await read(JSON.stringify(all))).toEqual(all);
});

test("every fault is named", async () => {
  const wrong = {
    ...least,
    instance: "Not A Name",
    workUrl: "controller",
    resources: { cpuRequest: "two", memory: "2GB", gpu: 1 },
    nodeSelectors: {},
  };
  expect(await faultsOf(JSON.stringify(wrong))).toMatchInlineSnapshot(`
    [
      "instance: Give a valid Kubernetes name.",
      "workUrl: Give a URL that starts with http:// or https://.",
      "resources.cpuRequest: Give a Kubernetes quantity, such as "2", "500m" or "2Gi".",
      "resources.memory: Give a Kubernetes quantity, such as "2", "500m" or "2Gi".",
      "resources.gpu: There is no such setting.",
      "nodeSelectors: There is no such setting.",
    ]
  `);
});

test("a file that is not there or not JSON is named", async () => {
  expect(() => readJobSettings("/nowhere.json")).toThrow("JOB_SETTINGS_FILE /nowhere.json: ENOENT");
  expect(await faultsOf("image: x")).toEqual([expect.stringContaining("is not valid JSON")]);
});
