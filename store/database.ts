import pg from "pg";

/** For a statement: a pool, or a client inside a transaction. */
export type Database = pg.Pool | pg.PoolClient;

// Byte counts fit into a double; pg would give them as strings.
const types = new pg.TypeOverrides();
types.setTypeParser(pg.types.builtins.INT8, Number);

export interface DatabaseOptions {
  url: string;
  /** Seen in pg_stat_activity. */
  applicationName: string;
  maxConnections?: number;
  /** How long a statement may take; 30 s by default. */
  queryTimeoutMs?: number;
}

/**
 * A pool that survives the server's restarts: an idle connection that breaks is dropped, a statement
 * that finds no server fails within five seconds.
 */
export function createPool(options: DatabaseOptions, onIdleError: (error: Error) => void): pg.Pool {
  const pool = new pg.Pool({
    connectionString: options.url,
    application_name: options.applicationName,
    max: options.maxConnections ?? 10,
    connectionTimeoutMillis: 5_000,
    query_timeout: options.queryTimeoutMs ?? 30_000,
    // The server has timeouts too: a frozen process must not hold a lock that others wait for.
    statement_timeout: 25_000,
    idle_in_transaction_session_timeout: 15_000,
    keepAlive: true,
    types,
  });
  pool.on("error", onIdleError);
  // The pool removes its own listener from a client that it hands out, and an error without a listener
  // ends the process. It may arrive in the same packet that freed the client, before the code that
  // waited for the client runs. The current statement, or the next one, fails with the same error.
  pool.on("connect", (client) => client.on("error", () => {}));
  return pool;
}

/** Throws while the database can't be reached, or its schema is older than this code. */
export async function checkDatabase(db: Database): Promise<void> {
  // Objects of the last migrations.
  await db.query(
    `select upload_until, paused_until, fingerprint, worker_log, 'expire_audit_log(interval, integer)'::regprocedure
     from file_status, leases, tombstones, audit_log, deliveries, webhooks, files, audit_findings,
       cuts, transactions, slots limit 0`,
  );
}

/**
 * Runs `work` in one transaction: a new one, or the one that the client is in already. A connection that
 * failed mid-way is thrown away, because what state the server is in is then unknown; the caller reads
 * again and compares.
 */
export async function inTransaction<T>(
  db: Database,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  if (!(db instanceof pg.Pool)) return await work(db);
  const client = await db.connect();
  let broken = false;
  try {
    await client.query("begin");
    const result = await work(client);
    await client.query("commit");
    return result;
  } catch (error) {
    await client.query("rollback").catch(() => {
      broken = true;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}
