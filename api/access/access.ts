import type { Request } from "express";
import type { Scope } from "@transpod/contract/api-keys.ts";
import type { Pass } from "./pass.ts";

/** Who sends a request: the holder of a key or, with AUTH=off, any client. */
export interface Caller extends Pass {
  scopes: readonly Scope[];
}

export const anonymousCaller: Caller = { keyId: null, session: null, scopes: ["admin"] };

/** A caller and the operation that it asks for. */
export interface Access extends Caller {
  /** The operationId. */
  action: string;
}

const accesses = new WeakMap<Request, Access>();

export function setAccess(request: Request, access: Access): void {
  accesses.set(request, access);
}

/** Undefined for operations without authentication, and for requests that were refused earlier. */
export function findAccess(request: Request): Access | undefined {
  return accesses.get(request);
}

/** For operations that have a scope, and so a guard. */
export function accessOf(request: Request): Access {
  const access = accesses.get(request);
  if (access === undefined) throw new Error(`no guard has run for ${request.path}`);
  return access;
}

export function isAllowed({ scopes }: Caller, scope: Scope): boolean {
  return scopes.includes(scope) || scopes.includes("admin");
}

/** The key to whose files the caller is limited; null for a caller who sees every file. */
export function ownFilesOnly(caller: Caller): string | null {
  return isAllowed(caller, "admin") ? null : caller.keyId;
}
