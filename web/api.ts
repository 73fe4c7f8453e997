import type { Problem } from "@transpod/contract/public-api.ts";

/** An answer that is not a success: its `code` is for programs, its message says the next step. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  /** How long the server asks to wait before the next try; 0 when it does not say. */
  readonly retryAfterMs: number;

  /** What is not ours, such as a proxy's answer, has no `code`. */
  constructor({ status, headers }: Response, { code = "", detail = "" }: Partial<Problem>) {
    super(detail);
    this.status = status;
    this.code = code;
    this.retryAfterMs = 1000 * (Number(headers.get("retry-after")) || 0);
  }
}

export interface RequestOptions {
  body?: unknown;
  signal?: AbortSignal;
  /** Whether it is sent even when the page is left. */
  keepalive?: boolean;
}

/** Without a body it sends none. Throws an ApiError, or a TypeError when there is no connection. */
export async function request<T>(
  method: "GET" | "POST" | "PATCH" | "DELETE",
  path: string,
  { body, signal, keepalive = false }: RequestOptions = {},
): Promise<T> {
  const response = await fetch(path, {
    method,
    keepalive,
    // The page's addresses are also the API's: without this a browser could get the page.
    headers: {
      accept: "application/json",
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(signal === undefined ? {} : { signal }),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (response.status === 204) return undefined as T;
  // An answer that breaks off, or that nobody waits for any more, fails here: it is not an empty answer.
  if (response.ok) return (await response.json()) as T;
  const problem: unknown = await response.json().catch(() => ({}));
  throw new ApiError(response, problem as Partial<Problem>);
}
