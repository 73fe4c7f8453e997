import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);
const packaged = (name: string) => require.resolve(name);
const ours = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** Everything that the two pages load. Nothing comes from elsewhere, so they work offline. */
export const referenceFiles: Readonly<Record<string, string>> = {
  "/docs": ours("docs.html"),
  "/docs/init.js": ours("docs-init.js"),
  "/docs/swagger-ui.css": packaged("swagger-ui-dist/swagger-ui.css"),
  "/docs/swagger-ui-bundle.js": packaged("swagger-ui-dist/swagger-ui-bundle.js"),
  "/docs/favicon-32x32.png": packaged("swagger-ui-dist/favicon-32x32.png"),
  "/redoc": ours("redoc.html"),
  "/redoc/redoc.standalone.js": packaged("redoc/bundles/redoc.standalone.js"),
};
