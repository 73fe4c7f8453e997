import { signal } from "@preact/signals";
import type { Scope } from "@transpod/contract/api-keys.ts";
import type { Session } from "@transpod/contract/session-api.ts";
import { ApiError, request } from "./api.ts";

/** null until the server has said who we are. */
export const session = signal<Session | null>(null);
export const sessionFailure = signal<unknown>(null);

/** Asks who we are. It never fails: a failure is in `sessionFailure`. */
export async function loadSession(): Promise<void> {
  try {
    session.value = await request<Session>("GET", "/session");
    sessionFailure.value = null;
  } catch (error) {
    sessionFailure.value = error;
  }
}

/** Throws what the server refuses. */
export async function signIn(apiKey: string): Promise<void> {
  await request("POST", "/session", { body: { api_key: apiKey } });
  await loadSession();
}

export async function signOut(): Promise<void> {
  await request("DELETE", "/session");
  await loadSession();
}

export const needsSignIn = (): boolean =>
  session.value?.auth === "on" && session.value.key === null;

/** Whether we may do what needs this scope. `admin` includes the others. */
export function may(scope: Scope): boolean {
  const now = session.value;
  if (now === null) return false;
  if (now.auth === "off") return true;
  const scopes = now.key?.scopes ?? [];
  return scopes.includes("admin") || scopes.includes(scope);
}

/** A session can end at any time: then the server says who we are now. */
export function noticeRefusal(error: unknown): void {
  if (error instanceof ApiError && error.status === 401) void loadSession();
}
