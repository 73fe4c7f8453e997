import { ipKeyGenerator, rateLimit } from "express-rate-limit";
import type { Request, RequestHandler, Response } from "express";
import { HttpError } from "@transpod/runtime/problems.ts";
import { findAccess } from "./access.ts";

const failuresPerMinute = 20;

/**
 * Limits the requests a minute of a key, or without keys of a client's address; 0 is no limit. A stream
 * of events counts as one request. Each process counts separately.
 */
export function limitRequests(perMinute: number): RequestHandler {
  return limit(
    perMinute,
    (request) => findAccess(request)?.keyId ?? addressOf(request),
    `At most ${perMinute} requests a minute are allowed. Try again after the number of seconds in Retry-After.`,
  );
}

/**
 * Counts a request without a valid key against its address. Rejects with an HttpError 429 when there
 * were too many. Requests with a valid key are not limited by it: behind a proxy that is not trusted
 * all clients have one address, so one client could lock out the others.
 */
export function countFailures(): (request: Request, response: Response) => Promise<void> {
  const count = limit(
    failuresPerMinute,
    addressOf,
    "Too many requests without a valid API key came from your address. " +
      "Check the key, and try again after the number of seconds in Retry-After.",
  );
  return async (request, response) =>
    await new Promise((resolve, reject) => {
      void count(request, response, (error?: unknown) =>
        error === undefined ? resolve() : reject(error),
      );
    });
}

function limit(
  perMinute: number,
  keyGenerator: (request: Request) => string,
  detail: string,
): RequestHandler {
  return rateLimit({
    limit: perMinute,
    windowMs: 60_000,
    keyGenerator,
    skip: () => perMinute === 0,
    // This adds Retry-After.
    standardHeaders: "draft-8",
    legacyHeaders: false,
    handler: (_request, _response, next) => next(new HttpError(429, "too_many_requests", detail)),
  });
}

/** For IPv6 the network, because one client has many addresses. */
function addressOf({ ip = "" }: Request): string {
  return ipKeyGenerator(ip);
}
