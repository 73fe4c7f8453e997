import { basename, dirname } from "node:path";
import type { Express } from "express";
import { describeApi, type DescribedServer } from "../openapi.ts";
import { otherMethods } from "../other-methods.ts";
import { routes } from "../routes/all.ts";
import { referenceFiles } from "./files.ts";

/** The paths of the API reference. They are not operations and not in the document. */
export const referencePaths: readonly string[] = ["/openapi.json", ...Object.keys(referenceFiles)];

/** Adds the OpenAPI document, Swagger UI at /docs and Redoc at /redoc. */
export function addReference(app: Express, server: DescribedServer): void {
  const document = describeApi(routes, server);
  app
    .route("/openapi.json")
    .get((_request, response) => {
      response.json(document);
    })
    .all(otherMethods(["GET"]));
  for (const [path, file] of Object.entries(referenceFiles)) {
    app
      .route(path)
      .get((_request, response) => {
        // With `root`, a parent folder may begin with a dot.
        response.sendFile(basename(file), { root: dirname(file), maxAge: "1h" });
      })
      .all(otherMethods(["GET"]));
  }
}
