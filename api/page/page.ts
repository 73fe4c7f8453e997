import { join } from "node:path";
import express, { Router, type Request } from "express";

/** The addresses that the page itself understands (web/app.tsx). */
const clientRoutes = ["/", "/files/:file_id", "/overview", "/webhooks", "/sign-in"];

/**
 * Serves the page to browsers: they prefer HTML. A program gets the API's answer at the same address. The
 * names of assets have a hash of their content; index.html has none, and is asked for each time.
 */
export function servePage(folder: string): Router {
  const router = Router();
  // Not `get`: then Express would answer OPTIONS with the page's methods instead of the API's.
  router.all(clientRoutes, (request, response, next) => {
    if (request.method !== "GET" && request.method !== "HEAD") return next();
    response.vary("Accept");
    if (!prefersHtml(request)) return next();
    response.sendFile("index.html", { root: folder, headers: { "Cache-Control": "no-cache" } });
  });
  const assets = { index: false, redirect: false, immutable: true, maxAge: "365d" } as const;
  router.use("/assets", express.static(join(folder, "assets"), assets));
  return router;
}

/** The first type is for clients that accept any. */
export function prefersHtml(request: Request): boolean {
  return request.accepts("json", "html") === "html";
}
