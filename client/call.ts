import type { z } from "zod";
import { problem } from "@transpod/contract/public-api.ts";
import { TranspodError } from "@transpod/contract/errors.ts";
import { retryAfterMs, TransientError, withRetries, type RetryOptions } from "./retry.ts";

export interface Server {
  /** Without a slash at its end. */
  url: string;
  apiKey: string | undefined;
  /** How often a request is tried again. */
  retries: number;
}

/** Everything but `init` may be left out. */
export type CallOptions = Partial<Omit<RetryOptions, "retries">> & { init?: RequestInit };

export function post(body?: unknown): RequestInit {
  if (body === undefined) return { method: "POST" };
  const headers = { "content-type": "application/json" };
  return { method: "POST", headers, body: JSON.stringify(body) };
}

/** One operation of the API. The answer is checked against its schema. Throws TranspodErrors. */
export async function call<T extends z.ZodType>(
  server: Server,
  schema: T,
  path: string,
  options: CallOptions = {},
): Promise<z.infer<T>> {
  return await withRetries(
    async () => {
      const response = await request(server, path, options);
      const parsed = schema.safeParse(response.status === 204 ? null : await bodyOf(response));
      if (parsed.success) return parsed.data;
      throw new TranspodError(
        "unexpected_answer",
        `${server.url} gave an answer that this version does not know. Is it a Transpod of the same version?`,
        { cause: parsed.error },
      );
    },
    { ...options, retries: server.retries },
  );
}

/** Sends one request and returns the response when it is a success. */
export async function request(
  server: Server,
  path: string,
  { init = {}, signal }: CallOptions,
): Promise<Response> {
  const headers = new Headers(init.headers);
  if (server.apiKey !== undefined) headers.set("authorization", `Bearer ${server.apiKey}`);
  const sent = { ...init, headers, ...(signal && { signal }) };
  const response = await fetch(`${server.url}${path}`, sent).catch((cause: unknown) => {
    signal?.throwIfAborted();
    throw new TransientError("unreachable", `No Transpod answers at ${server.url}.`, {
      executed: wasRefused(cause) ? "no" : "unknown",
      cause,
    });
  });
  if (response.ok) return response;
  throw await failureOf(server, response);
}

async function failureOf(server: Server, response: Response): Promise<TranspodError> {
  const { status, headers } = response;
  const parsed = problem.safeParse(await bodyOf(response).catch(() => undefined));
  const { code, detail } = parsed.success
    ? parsed.data
    : {
        code: "not_transpod",
        detail: `${server.url} answers with ${status}, but not as Transpod does. Is it the right address?`,
      };
  if (status !== 429 && status < 500) return new TranspodError(code, detail);
  return new TransientError(code, detail, {
    retryAfterMs: retryAfterMs(headers.get("retry-after")),
    executed: status === 429 || status === 503 ? "no" : "unknown",
  });
}

async function bodyOf(response: Response): Promise<unknown> {
  const text = await response.text().catch((cause: unknown) => {
    throw new TransientError("unreachable", `The connection to ${response.url} broke.`, {
      executed: "unknown",
      cause,
    });
  });
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Nothing listens there, or the name is unknown: the request was not sent. */
function wasRefused(error: unknown): boolean {
  const code = ((error as Error).cause as { code?: unknown } | undefined)?.code;
  return code === "ECONNREFUSED" || code === "ENOTFOUND" || code === "EAI_AGAIN";
}
