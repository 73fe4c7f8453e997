import { defineConfig } from "vite";

export default defineConfig({
  root: import.meta.dirname,
  // The names of these files have a hash of their content, so that browsers can keep them for ever.
  build: { assetsDir: "assets", assetsInlineLimit: 0, target: "es2023" },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
});
