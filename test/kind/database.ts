import type pg from "pg";
import { createPool } from "@transpod/store/database.ts";
import { PortForward } from "./port-forward.ts";
import { readValues } from "./release.ts";
import { readSecret } from "./secrets.ts";
import { until } from "./until.ts";

/** One attempt at a file, from the database. */
export interface Attempt {
  attempt: number;
  memory_scale: number;
  /** `completed`, a failure's code, or `open`. */
  end: string;
  counted: boolean | null;
  worker: string | null;
  reserved_at: Date | null;
  launched_at: Date | null;
  claimed_at: Date | null;
  ended_at: Date | null;
}

/** One worker's turn at a chunk. */
export interface ChunkLease {
  chunk: number;
  lease: number;
  attempt: number;
  worker: string;
  ended: boolean;
  failure_code: string | null;
}

export interface Transition {
  attempt: number;
  to_state: string;
}

/** The installation's own database, through a port-forward. */
export class Database implements AsyncDisposable {
  readonly pool: pg.Pool;
  /** From this machine, while this is open. */
  readonly url: string;
  readonly #forward: PortForward;

  private constructor(url: string, forward: PortForward) {
    this.url = url;
    this.pool = createPool({ url, applicationName: "test-kind" }, () => {});
    this.#forward = forward;
  }

  static async open(): Promise<Database> {
    const { database } = await readValues();
    const secret = await readSecret(database.existingSecret);
    const url = new URL(secret[database.key] ?? "");
    const [service, namespace = "transpod"] = url.hostname.split(".");
    const port = Number(url.port || 5432);
    const forward = await PortForward.open({ namespace, target: `svc/${service}`, port });
    url.host = forward.host;
    return new Database(url.href, forward);
  }

  /** Oldest first. */
  async attempts(fileId: string): Promise<Attempt[]> {
    return await this.#ask<Attempt>(
      `select attempt, memory_scale, coalesce(failure_code, outcome, 'open') as end, counted, worker,
         reserved_at, launched_at, claimed_at, ended_at
       from transactions where file_id = $1 order by attempt`,
      fileId,
    );
  }

  /** Of all chunks, while the file is processed. */
  async chunkLeases(fileId: string): Promise<ChunkLease[]> {
    return await this.#ask<ChunkLease>(
      `select chunk, lease, attempt, worker, ended_at is not null as ended, failure_code
       from chunk_leases where file_id = $1`,
      fileId,
    );
  }

  /** In the order in which they happened. */
  async history(fileId: string): Promise<Transition[]> {
    return await this.#ask<Transition>(
      "select attempt, to_state from history where file_id = $1 order by history_id",
      fileId,
    );
  }

  /**
   * Retries until there is an answer: a port-forward to a pod that was replaced ends with the first
   * query.
   */
  async #ask<Row extends pg.QueryResultRow>(sql: string, fileId: string): Promise<Row[]> {
    const ask = () => this.pool.query<Row>(sql, [fileId]);
    return (await until(ask, "the database answers", { seconds: 30 })).rows;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.pool.end();
    await this.#forward[Symbol.asyncDispose]();
  }
}
