import { STATUS_CODES } from "node:http";
import type { ErrorRequestHandler, RequestHandler, Response } from "express";
import { z } from "zod";
import { TranspodError } from "@transpod/contract/errors.ts";
import type { Problem } from "@transpod/contract/public-api.ts";
import type { Logger } from "./logger.ts";
import { isUnavailable } from "./unavailable.ts";

type FieldErrors = NonNullable<Problem["errors"]>;

/** An error with an HTTP status. */
export class HttpError extends TranspodError {
  readonly status: number;
  readonly errors: FieldErrors | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: string,
    detail: string,
    extra: { errors?: FieldErrors; headers?: Record<string, string>; cause?: unknown } = {},
  ) {
    super(code, detail, { cause: extra.cause });
    this.status = status;
    this.errors = extra.errors;
    this.headers = extra.headers ?? {};
  }
}

/** Parses what a client sent. Throws an HttpError 422 that names each wrong field. */
export function parseRequest<T extends z.ZodType>(
  schema: T,
  value: unknown,
  code = "invalid_request",
): z.infer<T> {
  const parsed = schema.safeParse(value, { error: explainIssue });
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.map((issue) => ({
    path: issue.path.join("."),
    message: issue.message,
  }));
  const detail = errors
    .map((e) => (e.path === "" ? e.message : `${e.path}: ${e.message}`))
    .join(" ");
  throw new HttpError(422, code, detail, { errors });
}

/** Messages for issues that have none in the schema: zod's own are for programmers. */
function explainIssue(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === "unrecognized_keys") return `There is no field ${issue.keys.join(", ")}.`;
  if (issue.code === "invalid_value") return `Give one of ${issue.values.join(", ")}.`;
  if (issue.code !== "invalid_type") return undefined;
  return issue.input === undefined ? "This is missing." : `Give a value of type ${issue.expected}.`;
}

/** The handler for unknown paths. */
export const notFound: RequestHandler = (request) => {
  throw new HttpError(404, "not_found", `There is nothing at ${request.method} ${request.path}.`);
};

/** Turns every error into an RFC 9457 problem; the one place where errors become HTTP. */
export function problemHandler(log: Logger): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const answer = toHttpError(error);
    if (answer.status >= 500) {
      log.error({
        event: "request_failed",
        method: request.method,
        path: request.path,
        request_id: response.get("X-Request-Id"),
        err: error,
      });
    }
    sendProblem(response, answer);
  };
}

function sendProblem(response: Response, error: HttpError): void {
  const problem: Problem = {
    type: "about:blank",
    title: STATUS_CODES[error.status] ?? "Error",
    status: error.status,
    detail: error.message,
    code: error.code,
    ...(error.errors === undefined ? {} : { errors: error.errors }),
  };
  response
    .status(error.status)
    .set(error.headers)
    .type("application/problem+json")
    .send(JSON.stringify(problem));
}

/** Errors of body-parser and the router: http-errors with a `type`. */
const parserErrors: Readonly<Record<string, { code: string; detail: string }>> = {
  "entity.parse.failed": { code: "malformed_json", detail: "The body is not valid JSON." },
  "entity.too.large": { code: "body_too_large", detail: "The body is too large." },
  "encoding.unsupported": {
    code: "unsupported_encoding",
    detail: "The body's Content-Encoding is not supported.",
  },
  "charset.unsupported": {
    code: "unsupported_charset",
    detail: "The body's charset is not supported; send UTF-8.",
  },
};

const httpErrorLike = z.object({ status: z.int().min(400).max(499), type: z.string().optional() });

function toHttpError(error: unknown): HttpError {
  if (error instanceof HttpError) return error;
  const known = httpErrorLike.safeParse(error);
  if (known.success) {
    const { status, type } = known.data;
    const parserError = parserErrors[type ?? ""];
    return new HttpError(
      status,
      parserError?.code ?? "bad_request",
      parserError?.detail ?? `${STATUS_CODES[status] ?? "Bad request"}.`,
    );
  }
  if (isUnavailable(error)) {
    return new HttpError(
      503,
      "temporarily_unavailable",
      "Transpod can't reach one of its own services right now. Try again in a few seconds.",
      { headers: { "Retry-After": "5" } },
    );
  }
  return new HttpError(
    500,
    "internal_error",
    "An internal error occurred. Try again; if it happens again, tell the operator the time of the request.",
  );
}
