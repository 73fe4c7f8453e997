import { createRequire } from "node:module";
import { basename, dirname } from "node:path";
import { fileURLToPath } from "node:url";
import type { Express } from "express";
import { describeApi } from "../openapi.ts";
import { otherMethods } from "../other-methods.ts";
import { routes } from "../routes/all.ts";

const require = createRequire(import.meta.url);
const packaged = (name: string) => require.resolve(name);
const ours = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** Everything that the two pages load. Nothing comes from elsewhere, so they work offline. */
const files: Readonly<Record<string, string>> = {
  "/docs": ours("docs.html"),
  "/docs/init.js": ours("docs-init.js"),
  "/docs/swagger-ui.css": packaged("swagger-ui-dist/swagger-ui.css"),
  "/docs/swagger-ui-bundle.js": packaged("swagger-ui-dist/swagger-ui-bundle.js"),
  "/docs/favicon-32x32.png": packaged("swagger-ui-dist/favicon-32x32.png"),
  "/redoc": ours("redoc.html"),
  "/redoc/redoc.standalone.js": packaged("redoc/bundles/redoc.standalone.js"),
};

/** Where the reference is; these paths are not operations and not in the document. */
export const referencePaths: readonly string[] = ["/openapi.json", ...Object.keys(files)];

/** Adds the OpenAPI document, Swagger UI at /docs and Redoc at /redoc. */
export function addReference(app: Express): void {
  const document = describeApi(routes);
  app
    .route("/openapi.json")
    .get((_request, response) => {
      response.json(document);
    })
    .all(otherMethods(["GET"]));
  for (const [path, file] of Object.entries(files)) {
    app
      .route(path)
      .get((_request, response) => {
        // With a root, a folder above it may begin with a dot.
        response.sendFile(basename(file), { root: dirname(file), maxAge: "1h" });
      })
      .all(otherMethods(["GET"]));
  }
}
