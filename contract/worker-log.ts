import { z } from "zod";
import "zod-openapi";

/** The last lines of a worker's log, which are kept with an attempt that failed. Pure. */

export const maxWorkerLogLines = 50;
/** Of the text in UTF-8. The database has the same limit. */
export const maxWorkerLogBytes = 8192;
/** A longer line is cut: one line must not push out all others. */
const maxLineLength = 1000;

export const workerLog = z
  .string()
  .min(1)
  .refine((text) => bytesOf(text) <= maxWorkerLogBytes)
  .refine((text) => text.split("\n").length <= maxWorkerLogLines)
  .refine((text) => !text.includes("\0"))
  .meta({
    description:
      `The last lines of the worker's log and of ffmpeg's, at most ${maxWorkerLogLines} lines and ` +
      `${maxWorkerLogBytes} bytes, without secrets.`,
  });

/**
 * The last of these lines within the limits, as a text without secrets; null when nothing is left. What it returns
 * is always a valid `workerLog`.
 */
export function lastLines(lines: readonly string[]): string | null {
  const kept: string[] = [];
  let bytes = 0;
  for (const line of lines.toReversed()) {
    const clean = cleanLine(line);
    if (clean === "") continue;
    bytes += bytesOf(clean) + 1;
    if (bytes > maxWorkerLogBytes || kept.length === maxWorkerLogLines) break;
    kept.unshift(clean);
  }
  return kept.length === 0 ? null : kept.join("\n");
}

/** Known to who reads the attempt, or of no use there. */
const left = new Set(["level", "time", "worker", "file_id", "attempt", "event", "lease", "stack"]);

/** A line of the worker's log, an event as JSON, as `2026-01-31T12:00:00.000Z phase phase=encode`; others stay. */
export function readableLine(line: string): string {
  const event = eventIn(line);
  if (event === null) return line;
  const fields = Object.entries(event)
    .filter(([name]) => !left.has(name))
    .map(([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`);
  return [event["time"], event["event"], ...fields].join(" ");
}

function eventIn(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    const isEvent = typeof value === "object" && value !== null && "event" in value;
    return isEvent ? { ...value } : null;
  } catch {
    return null;
  }
}

function cleanLine(line: string): string {
  // Secrets first: a token that is cut looks like no token.
  const clean = withoutSecrets(line.replaceAll(/\p{Cc}/gu, " "))
    .toWellFormed()
    .trimEnd();
  return clean.length > maxLineLength
    ? `${clean.slice(0, maxLineLength - 1).toWellFormed()}…`
    : clean;
}

/** The query of a presigned URL is its signature. */
const query = /(https?:\/\/[^\s?"'<>]+)\?[^\s"'<>]*/gi;
const userInfo = /(https?:\/\/)[^\s/@"'<>]+@/gi;
const signature = /\b(X-Amz-[\w-]+|AWSAccessKeyId|Signature)=[^\s&"']+/gi;
const authorization = /\b(Bearer|Basic)\s+[\w.~+/=-]{8,}/gi;
/** https://www.rfc-editor.org/rfc/rfc7519: a service account's token. */
const jsonWebToken = /\beyJ[\w-]+\.[\w-]+\.[\w-]*/g;
const namedSecret = /\b(\w*(?:token|secret|password)\w*["']?\s*[=:]\s*["']?)[^\s"',}]+/gi;

/** A line without what grants access: signatures of URLs, tokens, passwords. */
export function withoutSecrets(line: string): string {
  return line
    .replaceAll(query, "$1?[removed]")
    .replaceAll(userInfo, "$1[removed]@")
    .replaceAll(signature, "$1=[removed]")
    .replaceAll(authorization, "$1 [removed]")
    .replaceAll(jsonWebToken, "[removed]")
    .replaceAll(namedSecret, "$1[removed]");
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}
