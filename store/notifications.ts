import pg from "pg";

export interface FileNotifications {
  close(): Promise<void>;
}

const reconnectMs = 1_000;

/**
 * Listens for transitions on a connection of its own. When the connection breaks it is made again;
 * what was missed meanwhile is for `onConnect`, which is called after each connecting.
 */
export async function listenForFiles(
  databaseUrl: string,
  listener: { onFile(fileId: string): void; onConnect(): void; onError(error: Error): void },
): Promise<FileNotifications> {
  const closing = new AbortController();
  let client: pg.Client | undefined;

  async function connect(): Promise<void> {
    const fresh = new pg.Client({
      connectionString: databaseUrl,
      application_name: "transpod-listen",
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
    });
    fresh.on("notification", (message) => {
      if (message.payload !== undefined) listener.onFile(message.payload);
    });
    fresh.on("error", (error) => listener.onError(error));
    fresh.on("end", () => {
      if (client === fresh) reconnectLater();
    });
    try {
      await fresh.connect();
      await fresh.query("listen transpod_files");
    } catch (error) {
      await fresh.end().catch(() => {});
      throw error;
    }
    if (closing.signal.aborted) return await fresh.end();
    client = fresh;
    listener.onConnect();
  }

  function reconnectLater(): void {
    if (closing.signal.aborted) return;
    const timer = setTimeout(() => {
      connect().catch((error: unknown) => {
        listener.onError(error instanceof Error ? error : new Error(String(error)));
        reconnectLater();
      });
    }, reconnectMs);
    closing.signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
  }

  await connect();
  return {
    async close() {
      closing.abort();
      await client?.end().catch(() => {});
    },
  };
}
