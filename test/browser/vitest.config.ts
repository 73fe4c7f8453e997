import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

// Vitest finds its configuration here and nowhere else.
// oxlint-disable-next-line import/no-default-export
export default defineConfig({
  test: {
    root: fileURLToPath(new URL(".", import.meta.url)),
    include: ["*.test.ts"],
    // One browser at a time: a busy machine makes each of them slow.
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
