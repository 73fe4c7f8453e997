import { availableParallelism } from "node:os";
import { configDefaults, defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // These need containers, a cluster, Helm, much disk or a fuzzer, and have a configuration of their own.
    exclude: [...configDefaults.exclude, "test/{chart,containers,contract,kind,large}/**"],
    globalSetup: ["test/servers.ts"],
    // For the AWS SDK; MiniStack takes any key.
    env: { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" },
    // Many of them wait more than they work: on few cores the default, one less than there are, is too few.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
