import { configDefaults, defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // These need containers, a cluster, Helm or much disk, and have a configuration of their own.
    exclude: [...configDefaults.exclude, "test/{chart,containers,kind,large}/**"],
    globalSetup: ["test/servers.ts"],
    // For the AWS SDK; MiniStack takes any key.
    env: { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" },
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
