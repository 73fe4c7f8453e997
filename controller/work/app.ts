import express, { type Express, type RequestHandler } from "express";
import type { z } from "zod";
import type { AttemptRef } from "@transpod/contract/job-identity.ts";
import {
  claimRequest,
  completeRequest,
  failRequest,
  partsRequest,
  progressRequest,
  sourceRequest,
} from "@transpod/contract/work-protocol.ts";
import { HttpError, notFound, parseRequest, problemHandler } from "@transpod/runtime/problems.ts";
import { claim } from "./claim.ts";
import { complete } from "./complete.ts";
import type { WorkDeps } from "./deps.ts";
import { fail } from "./fail.ts";
import { FencedError } from "./fenced.ts";
import { signParts } from "./parts.ts";
import { progress } from "./progress.ts";
import { renewSource } from "./source.ts";

type Operation<T> = (deps: WorkDeps, ref: AttemptRef, body: T) => Promise<object>;

/** The work protocol (contract/work-protocol.ts) over HTTP, for the internal port. */
export function createWorkApp(deps: WorkDeps): Express {
  const app = express();
  app.disable("x-powered-by");
  // 10,000 parts with their ETags are about 700 kB.
  app.use(express.json({ limit: "2mb" }));
  app.post("/work/claim", operation(deps, "claim", claimRequest, claim));
  app.post("/work/source", operation(deps, "source", sourceRequest, renewSource));
  app.post("/work/parts", operation(deps, "parts", partsRequest, signParts));
  app.post("/work/progress", operation(deps, "progress", progressRequest, progress));
  app.post("/work/complete", operation(deps, "complete", completeRequest, complete));
  app.post("/work/fail", operation(deps, "fail", failRequest, fail));
  app.use(notFound);
  app.use(problemHandler(deps.log));
  return app;
}

function operation<T extends z.ZodType>(
  deps: WorkDeps,
  name: string,
  schema: T,
  run: Operation<z.infer<T>>,
): RequestHandler {
  return async (request, response) => {
    const ref = await authenticate(deps, request.get("authorization"));
    try {
      response.json(await run(deps, ref, parseRequest(schema, request.body)));
    } catch (error) {
      if (error instanceof FencedError) deps.metrics.fenced.inc({ operation: name });
      throw error;
    }
  };
}

async function authenticate(
  { authenticator }: WorkDeps,
  authorization: string | undefined,
): Promise<AttemptRef> {
  const token = /^Bearer (\S+)$/.exec(authorization ?? "")?.[1];
  const ref = token === undefined ? undefined : await authenticator.authenticate(token);
  if (ref === undefined) {
    throw new HttpError(401, "unauthorized", "The work token is missing or not valid.");
  }
  return ref;
}
