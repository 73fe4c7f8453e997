import type { Request, Response } from "express";
import { HttpError } from "@transpod/runtime/problems.ts";
import type { AppDeps } from "../deps.ts";
import { auditEntry, fileIdInPath, recordRefusal } from "./audit.ts";
import { keyIn } from "./authenticate.ts";
import { countFailures } from "./limits.ts";

/** Returns a function that counts and records a request whose key is refused, and throws the refusal. */
export function refuseKeys(deps: Pick<AppDeps, "pool" | "log">) {
  const countFailure = countFailures();
  return async (
    { request, response }: { request: Request; response: Response },
    { action, authorization }: { action: string; authorization: string | undefined },
    refusal: unknown,
  ): Promise<never> => {
    if (!(refusal instanceof HttpError)) throw refusal;
    await countFailure(request, response);
    const access = { action, keyId: keyIn(authorization)?.keyId ?? null };
    await recordRefusal(deps, auditEntry(request, access, fileIdInPath(request)), refusal);
    throw refusal;
  };
}
