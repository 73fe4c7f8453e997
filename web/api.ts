import type { Problem } from "@transpod/contract/public-api.ts";

/** An answer that is not a success: its `code` is for programs, its message says the next step. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;

  /** What is not ours, such as a proxy's answer, has no `code`. */
  constructor(status: number, { code = "", detail = "" }: Partial<Problem>) {
    super(detail);
    this.status = status;
    this.code = code;
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
  const answer: unknown = await response.json().catch(() => ({}));
  if (response.ok) return answer as T;
  throw new ApiError(response.status, answer as Partial<Problem>);
}
