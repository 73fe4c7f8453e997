import { randomBytes } from "node:crypto";
import type { Request, Response } from "express";
import { HttpError } from "@transpod/runtime/problems.ts";
import { sessionDays } from "@transpod/store/sessions.ts";

export const sessionCookie = "transpod_session";

const cookieShape = new RegExp(`(?:^|; *)${sessionCookie}=([0-9a-f]{64})(?:;|$)`);
const maxAgeMs = sessionDays * 24 * 3600 * 1000;
const safeMethods = new Set(["GET", "HEAD"]);

/** 256 random bits in hexadecimal. */
export function newToken(): string {
  return randomBytes(32).toString("hex");
}

/** Undefined when the request has no cookie of a session. */
export function tokenIn(request: Request): string | undefined {
  return cookieShape.exec(request.get("cookie") ?? "")?.[1];
}

/** Scripts can't read it, and requests from other sites don't have it. */
const attributes = (request: Request) =>
  ({ httpOnly: true, sameSite: "strict", path: "/", secure: request.secure }) as const;

/** The browser keeps it for the longest time without a use; the server decides when the session has expired. */
export function setCookie(request: Request, response: Response, token: string): void {
  response.cookie(sessionCookie, token, { ...attributes(request), maxAge: maxAgeMs });
}

export function clearCookie(request: Request, response: Response): void {
  response.clearCookie(sessionCookie, attributes(request));
}

/**
 * Refuses a request that another site caused, because a browser adds the cookie to it. Throws an HttpError 403.
 * https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html
 */
export function refuseCrossSite(request: Request): void {
  if (isSameSite(request)) return;
  throw new HttpError(
    403,
    "cross_site",
    "A signed-in browser may send requests only from this Transpod's own page. Other programs use the header " +
      '"Authorization: Bearer transpod_...".',
  );
}

function isSameSite(request: Request): boolean {
  const isSafe = safeMethods.has(request.method);
  const site = request.get("sec-fetch-site");
  if (site !== undefined) return site === "same-origin" || (isSafe && site !== "cross-site");
  // A browser that is too old for Sec-Fetch-Site still says where a request that changes something comes from.
  return isSafe || request.get("origin") === `${request.protocol}://${request.get("host")}`;
}
