import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

// Vitest finds its configuration here and nowhere else.
// oxlint-disable-next-line import/no-default-export
export default defineConfig({
  test: {
    root: fileURLToPath(new URL(".", import.meta.url)),
    include: ["*.test.ts"],
    globalSetup: ["../servers.ts"],
    env: { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" },
    // All of the file goes over the disk some five times.
    testTimeout: 30 * 60_000,
    hookTimeout: 60_000,
    reporters: ["verbose"],
  },
});
