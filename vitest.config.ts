import { globSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { configDefaults, defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

const root = fileURLToPath(new URL(".", import.meta.url));
// These need a browser, containers, a cluster, Helm, Prometheus, much disk or a fuzzer, and have a configuration
// of their own.
const exclude = [
  ...configDefaults.exclude,
  "test/{browser,chart,containers,contract,kind,large,monitoring}/**",
];

/** A test of pure functions waits for nothing: the word `await` is not in its file. */
const pure = globSync("*/**/*.test.ts", { cwd: root, exclude: (name) => name === "node_modules" })
  .map(String)
  .filter((path) => !/\bawait\b/.test(readFileSync(`${root}${path}`, "utf8")));
const quick = [...pure, "store/**/*.test.ts"];

/** These take longest. Started last, one of them would run alone at the end. */
const longest = ["test/faults/outages", "test/media/corpus", "test/crash/", "test/"];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId, project }: TestSpecification) => {
      if (project.name === "quick") return longest.length + 1;
      const place = longest.findIndex((path) => moduleId.startsWith(root + path));
      return place === -1 ? longest.length : place;
    };
    // oxlint-disable-next-line unicorn/no-array-sort -- this sort is not an array's
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => rank(a) - rank(b));
  }
}

const shared = {
  env: {
    // For the AWS SDK; MiniStack takes any key.
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    // For the processes that tests start: with it they start in half the time.
    NODE_COMPILE_CACHE: `${root}node_modules/.compile-cache`,
  },
  // With isolation, each file imports the AWS SDK again: half a second of CPU time for each of 70 files.
  isolate: false,
  // How many of a file's concurrent tests run at the same time.
  maxConcurrency: 3,
  // Far more than an idle machine needs: other work may share the cores.
  testTimeout: 120_000,
  hookTimeout: 120_000,
};

export default defineConfig({
  test: {
    // Once for all projects.
    globalSetup: ["test/servers.ts"],
    sequence: { sequencer: LongestFirst },
    // Many of them wait more than they work.
    maxWorkers: Math.ceil(1.5 * availableParallelism()),
    projects: [
      { test: { ...shared, name: "quick", include: quick, exclude } },
      { test: { ...shared, name: "services", exclude: [...exclude, ...quick] } },
    ],
  },
});
