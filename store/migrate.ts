import { fileURLToPath } from "node:url";
import { runner } from "node-pg-migrate";

const migrations = fileURLToPath(new URL("migrations", import.meta.url));

/**
 * Brings the schema up to date; safe to call from many processes at once, since the others wait on
 * an advisory lock. Migrations go forward only. Resolves with the names of those it ran.
 */
export async function migrate(databaseUrl: string): Promise<string[]> {
  const ran = await runner({
    databaseUrl,
    dir: migrations,
    direction: "up",
    migrationsTable: "migrations",
    advisoryLockMode: "wait",
    log: () => {},
  });
  return ran.map((migration) => migration.name);
}
