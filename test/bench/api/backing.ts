import { readFile } from "node:fs/promises";
import { join } from "node:path";
import getPort from "get-port";
import { startPostgres } from "@transpod/embedded/postgres/server.ts";
import { createPool } from "@transpod/store/database.ts";
import { migrate } from "@transpod/store/migrate.ts";
import { claimedFile, pendingFile, resultOf } from "@transpod/store/testing.ts";
import { completeFile } from "@transpod/store/work.ts";
import { insertTestKey } from "../../api-key.ts";
import { useOf } from "../process-tree.ts";

/** A Postgres server with Transpod's schema, one completed file and `pending` files in the queue. */
export async function startBacking(folder: string, pending: number) {
  await using parts = new AsyncDisposableStack();
  const data = join(folder, "postgres");
  const postgres = await startPostgres({
    folder: data,
    port: await getPort({ host: "127.0.0.1" }),
  });
  parts.defer(() => postgres.stop());
  await migrate(postgres.url);
  const pool = createPool({ url: postgres.url, applicationName: "bench" }, () => {});
  parts.defer(() => pool.end());
  const completed = await claimedFile(pool);
  await completeFile(pool, completed, `${completed.fileId}/1-1.mp4`, resultOf(completed));
  await Promise.all(Array.from({ length: pending }, () => pendingFile(pool)));
  // Otherwise autovacuum would do it at some time during the measurements.
  await pool.query("vacuum analyze");
  const pid = Number.parseInt(await readFile(join(data, "postmaster.pid"), "utf8"), 10);
  const running = parts.move();
  return {
    databaseUrl: postgres.url,
    completedFile: completed.fileId,
    apiKey: await insertTestKey(pool, "admin"),
    use: () => useOf(pid),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
