import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";

export interface FileNotifications {
  close(): Promise<void>;
}

export interface FileListener {
  /** A file's state, attempt or priority changed, or it was deleted. */
  onFile(fileId: string): void;
  /** Its worker said how far it is. Only who wants to hear it is told. */
  onProgress?(fileId: string): void;
  /** An API key was revoked. Only a listener that has this method is told. */
  onRevokedKey?(keyId: string): void;
  /** After each connecting: what was told before it was missed. */
  onConnect(): void;
  onError(error: unknown): void;
}

/** Which method is told of what comes on which channel. */
const channels = [
  ["transpod_files", "onFile"],
  ["transpod_progress", "onProgress"],
  ["transpod_revoked_keys", "onRevokedKey"],
] as const;

const reconnectMs = 1_000;

/** Nobody says that a connection is half open: who only listens must ask now and then. */
const pulseMs = 20_000;

/**
 * Listens for what happens to files and keys on a connection of its own, and connects again whenever that
 * breaks, falls silent or can't be made.
 */
export function listenForFiles(
  databaseUrl: string,
  listener: FileListener,
  everyMs = pulseMs,
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
  // Without it, the goodbye to a server that is gone without a word would take a quarter of an hour.
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
    // pg never answers a connect() that end() cuts short: closing waits for it, five seconds at most.
    await client.connect();
    closing.addEventListener("abort", end, { once: true });
    if (closing.aborted) return;
    for (const [name, method] of channels) {
      if (listener[method] !== undefined) await client.query(`listen ${name}`);
    }
    listener.onConnect();
    await Promise.race([ended, askAgain(client, everyMs, over.signal)]);
  } finally {
    over.abort();
    closing.removeEventListener("abort", end);
    end();
  }
}

/** Rejects when no answer comes. */
async function askAgain(client: pg.Client, everyMs: number, signal: AbortSignal): Promise<never> {
  for (;;) {
    await delay(everyMs, undefined, { signal });
    await client.query("select");
  }
}
