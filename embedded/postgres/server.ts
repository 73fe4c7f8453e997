import pg from "pg";
import { TranspodError } from "@transpod/contract/errors.ts";
import { startChild, type Child } from "../child.ts";
import { findPostgres } from "./binaries.ts";
import { prepareCluster, USER } from "./cluster.ts";
import { untilPredecessorExits } from "./predecessor.ts";
import { chooseRunAs } from "./run-as.ts";

const DATABASE = "transpod";

/** Enough for one machine, and small. Only what differs from Postgres' defaults. */
const settings = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  shared_buffers: "64MB",
  max_wal_size: "256MB",
  // No replicas: less WAL is written.
  wal_level: "minimal",
  max_wal_senders: "0",
  jit: "off",
  timezone: "UTC",
  log_timezone: "UTC",
};

export interface PostgresOptions {
  /** The folder of the database's files; the password is beside it. Created on first use. */
  folder: string;
  port: number;
  onLine?: (line: string) => void;
}

export interface PostgresServer {
  /** With user and password. */
  url: string;
  /** Resolves when the server has ended for any reason. */
  exited: Child["exited"];
  stop(): Promise<void>;
}

/**
 * Starts the Postgres server on 127.0.0.1, with an empty database `transpod` on first use. Resolves
 * when it accepts connections.
 */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const { folder, port, onLine } = options;
  const binaries = await findPostgres();
  const runAs = await chooseRunAs(folder);
  const password = await prepareCluster(folder, binaries, runAs);
  await untilPredecessorExits(folder);

  const flags = Object.entries({ ...settings, port }).map(([name, value]) => `--${name}=${value}`);
  const server = await startServer(runAs.wrap(binaries.postgres, ["-D", folder, ...flags]), onLine);
  const urlOf = (database: string) =>
    // Independent of PGSSLMODE: this server has no certificate.
    `postgres://${USER}:${password}@127.0.0.1:${port}/${database}?sslmode=disable`;
  try {
    await createDatabase(urlOf("postgres"));
  } catch (error) {
    await server.stop();
    throw error;
  }
  return {
    url: urlOf(DATABASE),
    exited: server.exited,
    stop: async () => void (await server.stop()),
  };
}

function startServer(
  { command, args }: { command: string; args: readonly string[] },
  onLine?: (line: string) => void,
): Promise<Child> {
  return new Promise((resolve, reject) => {
    let lastLines: string[] = [];
    const server = startChild({
      command,
      args,
      env: process.env,
      // "Fast" shutdown: closes connections without waiting for them.
      stopSignal: "SIGINT",
      onLine(line) {
        onLine?.(line);
        lastLines = [...lastLines, line].slice(-5);
        if (line.includes("database system is ready to accept connections")) resolve(server);
      },
    });
    void server.exited.then(() => {
      reject(
        new TranspodError(
          "postgres_start_failed",
          `Postgres did not start: ${lastLines.join(" ")}`,
        ),
      );
    });
  });
}

async function createDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  // Without a listener it would end the process; the statement fails with the same error.
  client.on("error", () => {});
  await client.connect();
  try {
    const { rowCount } = await client.query("SELECT FROM pg_database WHERE datname = $1", [
      DATABASE,
    ]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
  } finally {
    await client.end();
  }
}
