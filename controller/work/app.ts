import express, { type Express, type RequestHandler } from "express";
import type { z } from "zod";
import type { AttemptRef } from "@transpod/contract/job-identity.ts";
import {
  chunkCompleteRequest,
  chunkUrlRequest,
  cutRequest,
} from "@transpod/contract/chunk-protocol.ts";
import {
  claimRequest,
  completeRequest,
  failRequest,
  partsRequest,
  progressRequest,
  sourceRequest,
  stillsRequest,
} from "@transpod/contract/work-protocol.ts";
import { HttpError, notFound, parseRequest, problemHandler } from "@transpod/runtime/problems.ts";
import { claim } from "./claim.ts";
import { completeChunkTask } from "./chunk-complete.ts";
import { signChunk } from "./chunk-url.ts";
import { cut } from "./cut.ts";
import { complete } from "./complete.ts";
import type { WorkDeps } from "./deps.ts";
import { fail } from "./fail.ts";
import { FencedError } from "./fenced.ts";
import { signParts } from "./parts.ts";
import { progress } from "./progress.ts";
import { renewSource } from "./source.ts";
import { signStills } from "./stills.ts";

type Operation<T> = (deps: WorkDeps, ref: AttemptRef, body: T) => Promise<object>;

/** The work protocol (contract/work-protocol.ts, contract/chunk-protocol.ts) over HTTP, for the internal port. */
export function createWorkApp(deps: WorkDeps): Express {
  const app = express();
  app.disable("x-powered-by");
  // 10,000 parts with their ETags are about 700 kB.
  app.use(express.json({ limit: "2mb" }));
  app.post("/work/claim", operation(deps, "claim", claimRequest, claim));
  app.post("/work/cut", operation(deps, "cut", cutRequest, cut));
  app.post("/work/chunk-url", operation(deps, "chunk-url", chunkUrlRequest, signChunk));
  app.post(
    "/work/chunk-complete",
    operation(deps, "chunk-complete", chunkCompleteRequest, completeChunkTask),
  );
  app.post("/work/source", operation(deps, "source", sourceRequest, renewSource));
  app.post("/work/parts", operation(deps, "parts", partsRequest, signParts));
  app.post("/work/stills", operation(deps, "stills", stillsRequest, signStills));
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
