import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

// Vitest finds its configuration here and nowhere else.
// oxlint-disable-next-line import/no-default-export
export default defineConfig({
  test: {
    root: fileURLToPath(new URL(".", import.meta.url)),
    include: ["*.test.ts"],
    globalSetup: ["require-images.ts"],
    // Testcontainers' helper would have to be pulled, which not every machine can; the tests stop what they
    // start.
    env: { TESTCONTAINERS_RYUK_DISABLED: process.env["TESTCONTAINERS_RYUK_DISABLED"] ?? "true" },
    // A transcode takes all of a small machine.
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 300_000,
    reporters: ["verbose"],
  },
});
