import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";

export interface FileNotifications {
  close(): Promise<void>;
}

export interface FileListener {
  /** A file's state, attempt or priority changed, or it was deleted. */
  onFile(fileId: string): void;
  /** Its worker reported progress. Optional. */
  onProgress?(fileId: string): void;
  /** An API key was revoked. Optional. */
  onRevokedKey?(keyId: string): void;
  /** Someone who was signed in with this API key has signed out. Optional. */
  onEndedSession?(keyId: string): void;
  /** Called after each connection: earlier notifications were missed. */
  onConnect(): void;
  onError(error: unknown): void;
}

/** Each channel, and the method that its notifications call. */
const channels = [
  ["transpod_files", "onFile"],
  ["transpod_progress", "onProgress"],
  ["transpod_revoked_keys", "onRevokedKey"],
  ["transpod_ended_sessions", "onEndedSession"],
] as const;

const reconnectMs = 1_000;

/** A half-open connection causes no error: a listener must send something now and then to notice it. */
const keepaliveMs = 20_000;

/**
 * Listens for changes of files and keys on a separate connection, and connects again whenever it breaks, gets no
 * answer or can't be made.
 */
export function listenForFiles(
  databaseUrl: string,
  listener: FileListener,
  everyMs = keepaliveMs,
): FileNotifications {
  const closing = new AbortController();
  const listening = listenUntil(closing.signal, databaseUrl, listener, everyMs);
  return {
    async close() {
      closing.abort();
      await listening;
    },
  };
}

async function listenUntil(
  closing: AbortSignal,
  databaseUrl: string,
  listener: FileListener,
  everyMs: number,
): Promise<void> {
  while (!closing.aborted) {
    await listenOnce(closing, databaseUrl, listener, everyMs).catch((error: unknown) =>
      listener.onError(error),
    );
    await delay(reconnectMs, undefined, { signal: closing }).catch(() => {});
  }
}

/** Resolves when the connection has ended. */
async function listenOnce(
  closing: AbortSignal,
  databaseUrl: string,
  listener: FileListener,
  everyMs: number,
): Promise<void> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    application_name: "transpod-listen",
    connectionTimeoutMillis: 5_000,
    query_timeout: 5_000,
    keepAlive: true,
  });
  const ended = new Promise<void>((resolve) => client.once("end", () => resolve()));
  // Without destroying the stream, the end of a connection to a server that is gone would take a
  // quarter of an hour.
  const end = () => {
    void client.end().catch(() => {});
    client.connection.stream.destroy();
  };
  client.on("notification", ({ channel, payload }) => {
    if (payload === undefined) return;
    for (const [name, method] of channels) if (name === channel) listener[method]?.(payload);
  });
  client.on("error", (error) => listener.onError(error));
  const over = new AbortController();
  try {
    // In pg a connect() that is interrupted by end() never settles: so closing waits for it, five
    // seconds at most.
    await client.connect();
    closing.addEventListener("abort", end, { once: true });
    if (closing.aborted) return;
    for (const [name, method] of channels) {
      if (listener[method] !== undefined) await client.query(`listen ${name}`);
    }
    listener.onConnect();
    await Promise.race([ended, sendKeepalives(client, everyMs, over.signal)]);
  } finally {
    over.abort();
    closing.removeEventListener("abort", end);
    end();
  }
}

/** Rejects when the server does not answer. */
async function sendKeepalives(
  client: pg.Client,
  everyMs: number,
  signal: AbortSignal,
): Promise<never> {
  for (;;) {
    await delay(everyMs, undefined, { signal });
    await client.query("select");
  }
}
