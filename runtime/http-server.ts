import { createServer, STATUS_CODES, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { TranspodError } from "@transpod/contract/errors.ts";

/** The port is in use, or we lack the permission to listen on it. */
export class ListenError extends TranspodError {
  constructor(port: number, host: string | undefined, cause: NodeJS.ErrnoException) {
    const address = `${host ?? "*"}:${port}`;
    const why =
      cause.code === "EADDRINUSE"
        ? `Port ${address} is in use by another program. Stop it, or choose another PORT.`
        : `Can't listen on ${address}: ${cause.message}.`;
    super("listen_failed", why, { cause });
  }
}

export interface HttpServer {
  /** The configured port, or a free one for 0. */
  port: number;
  /** Lets running requests end, for at most `graceMs`. */
  close(graceMs?: number): Promise<void>;
}

/** Listens; `host` undefined means every interface. Throws ListenError. */
export async function listen(
  listener: RequestListener,
  { port, host }: { port: number; host?: string | undefined },
): Promise<HttpServer> {
  const server = createServer(listener);
  server.on("clientError", refuseRequest);
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(new ListenError(port, host, error)));
    server.listen({ port, ...(host === undefined ? {} : { host }) }, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    async close(graceMs = 5_000) {
      const timer = setTimeout(() => server.closeAllConnections(), graceMs);
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      });
      clearTimeout(timer);
    },
  };
}

/** A request that Node can't parse does not reach the application: it gets its problem here. */
function refuseRequest(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const [status, code, detail] =
    error.code === "HPE_HEADER_OVERFLOW"
      ? [431, "headers_too_large", "The URL or the headers are too long."]
      : [400, "malformed_request", "This is not a valid HTTP request."];
  const title = STATUS_CODES[status];
  const body = JSON.stringify({ type: "about:blank", title, status, detail, code });
  socket.end(
    [
      `HTTP/1.1 ${status} ${title}`,
      "Content-Type: application/problem+json",
      `Content-Length: ${Buffer.byteLength(body)}`,
      "Connection: close",
      "",
      body,
    ].join("\r\n"),
  );
}
