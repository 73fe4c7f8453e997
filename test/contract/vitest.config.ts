import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

// Vitest finds its configuration here and nowhere else.
// oxlint-disable-next-line import/no-default-export
export default defineConfig({
  test: {
    root: fileURLToPath(new URL(".", import.meta.url)),
    include: ["*.test.ts"],
    globalSetup: ["install-tools.ts", "../servers.ts"],
    // For the AWS SDK; MiniStack takes any key.
    env: { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" },
    testTimeout: 3_600_000,
    hookTimeout: 60_000,
  },
});
