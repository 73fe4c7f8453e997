import type { Request } from "express";
import type { Scope } from "@transpod/contract/api-keys.ts";

/** Whoever the API lets do something: the holder of a key, or, with AUTH=off, everybody. */
export interface Caller {
  keyId: string | null;
  scopes: readonly Scope[];
}

export const anonymousCaller: Caller = { keyId: null, scopes: ["admin"] };

/** Who wants to do what. */
export interface Access extends Caller {
  /** The operationId of what is asked for. */
  action: string;
}

const accesses = new WeakMap<Request, Access>();

export function setAccess(request: Request, access: Access): void {
  accesses.set(request, access);
}

/** Undefined where nobody is asked who they are, and of requests that were refused before. */
export function findAccess(request: Request): Access | undefined {
  return accesses.get(request);
}

/** For operations that have a scope: a guard stands before them. */
export function accessOf(request: Request): Access {
  const access = accesses.get(request);
  if (access === undefined) throw new Error(`no guard stands before ${request.path}`);
  return access;
}

export function isAllowed({ scopes }: Caller, scope: Scope): boolean {
  return scopes.includes(scope) || scopes.includes("admin");
}

/** The key whose files are all that the caller sees; null for one who sees every file. */
export function ownFilesOnly(caller: Caller): string | null {
  return isAllowed(caller, "admin") ? null : caller.keyId;
}
