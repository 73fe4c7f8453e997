import { STATUS_CODES } from "node:http";
import { ApiException } from "@kubernetes/client-node";
import { z } from "zod";
import { TranspodError } from "@transpod/contract/errors.ts";
import { UnavailableError } from "@transpod/runtime/unavailable.ts";

/** The API server understood a request and refused it. */
export class ApiServerError extends TranspodError {
  readonly status: number;

  /** `body` is what it answered: a Status object, as text or parsed, when it came from Kubernetes itself. */
  constructor(what: string, status: number, body: unknown) {
    super("kubernetes_refused", `Kubernetes refused to ${what}: ${reasonIn(body, status)}`);
    this.status = status;
  }
}

/**
 * Waits for a request; `what` completes "Kubernetes refused to". Throws ApiServerError when a retry
 * would be refused again, else UnavailableError. (The messages of client-node's own errors contain the
 * whole answer with its headers.)
 */
export async function ask<T>(what: string, request: Promise<T>): Promise<T> {
  try {
    return await request;
  } catch (error) {
    throw explained(what, error);
  }
}

export function explained(what: string, error: unknown): TranspodError {
  if (error instanceof UnavailableError) return error;
  const refusal =
    error instanceof ApiException ? new ApiServerError(what, error.code, error.body) : error;
  const passes =
    !(refusal instanceof ApiServerError) || refusal.status === 429 || refusal.status >= 500;
  return passes ? new UnavailableError("The Kubernetes API server", refusal) : refusal;
}

export function isRefusal(error: unknown, status: 404 | 409 | 422): boolean {
  return error instanceof ApiServerError && error.status === status;
}

const statusObject = z.object({ message: z.string().min(1) });

function reasonIn(body: unknown, status: number): string {
  const parsed = statusObject.safeParse(typeof body === "string" ? json(body) : body);
  return parsed.data?.message ?? `${status} ${STATUS_CODES[status] ?? "without a reason"}`;
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
