import cors from "cors";
import express, { type Express, type RequestHandler } from "express";
import { notFound, problemHandler } from "@transpod/runtime/problems.ts";
import { createGuards } from "./access/guard.ts";
import type { ApiDeps, AppDeps } from "./deps.ts";
import { otherMethods } from "./other-methods.ts";
import { addReference } from "./reference/reference.ts";
import { pageFolder } from "./page/page-folder.ts";
import { servePage } from "./page/page.ts";
import { recordRequests } from "./request-record.ts";
import { routes } from "./routes/all.ts";
import { commandRunners } from "./run-command.ts";
import { securityHeaders } from "./security-headers.ts";

const bodyLimitBytes = 64 * 1024;

/** The whole API, without a server. */
export function createApp(deps: AppDeps): Express {
  const { settings, log, registry } = deps;
  const app = express();
  app.disable("x-powered-by");
  app.set("trust proxy", settings.trustProxy);
  app.use(recordRequests(log, registry));
  app.use(securityHeaders(deps.s3Origins));
  app.use(corsFor(settings.corsOrigins));
  const folder = settings.page ? pageFolder() : undefined;
  if (folder !== undefined) app.use(servePage(folder));
  else if (settings.page) log.warn({ event: "page_missing" });
  addRoutes(app, { ...deps, ...commandRunners(deps) });
  addReference(app, settings);
  app.use(notFound);
  app.use(problemHandler(log));
  return app;
}

function addRoutes(app: Express, deps: ApiDeps): void {
  const guardsOf = createGuards(deps);
  // With `strict` a JSON string would be malformed; the schemas give a better error.
  const parseBody = express.json({ limit: bodyLimitBytes, strict: false });
  for (const [path, operations] of Map.groupBy(routes, (operation) => operation.path)) {
    const route = app.route(path);
    for (const operation of operations) {
      const bodyParsers = operation.operation.requestBody === undefined ? [] : [parseBody];
      // The body is read only after authorization.
      const handlers = [...guardsOf(operation), ...bodyParsers, operation.handle(deps)];
      route[operation.method](...handlers);
    }
    route.all(otherMethods(operations.map(({ method }) => method.toUpperCase())));
  }
}

function corsFor(origins: ApiDeps["settings"]["corsOrigins"]): RequestHandler {
  return cors({
    // Without an origin to allow, browsers get no CORS headers at all.
    origin: origins === "*" ? "*" : origins.length > 0 && [...origins],
    methods: ["GET", "HEAD", "POST", "PATCH", "DELETE"],
    exposedHeaders: ["Retry-After", "X-Request-Id"],
    maxAge: 600,
  });
}
