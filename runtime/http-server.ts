import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { TranspodError } from "@transpod/contract/errors.ts";

/** The port is taken, or may not be listened on. */
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
  /** The one that was given, or the free one that 0 asked for. */
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
