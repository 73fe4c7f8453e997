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

/** Without a body it sends none. Throws an ApiError, or a TypeError when there is no connection. */
export async function request<T>(
  method: "GET" | "POST" | "PATCH" | "DELETE",
  path: string,
  { body, signal }: { body?: unknown; signal?: AbortSignal } = {},
): Promise<T> {
  const response = await fetch(path, {
    method,
    ...(signal === undefined ? {} : { signal }),
    ...(body === undefined
      ? {}
      : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
  });
  if (response.status === 204) return undefined as T;
  const answer: unknown = await response.json().catch(() => ({}));
  if (response.ok) return answer as T;
  throw new ApiError(response.status, answer as Partial<Problem>);
}
