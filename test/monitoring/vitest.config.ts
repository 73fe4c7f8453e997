import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

// Vitest finds its configuration here and nowhere else.
// oxlint-disable-next-line import/no-default-export
export default defineConfig({
  test: {
    root: fileURLToPath(new URL(".", import.meta.url)),
    include: ["*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
