import type pg from "pg";
import { fileIdOfRawKey } from "@transpod/contract/object-keys.ts";
import type { ObjectCreated } from "@transpod/contract/s3-event.ts";
import { recordArrival, type Disposition } from "@transpod/store/arrivals.ts";
import { failFile } from "@transpod/store/attempts.ts";
import { inTransaction, type Database } from "@transpod/store/database.ts";
import { refuseArrival } from "./refuse-arrival.ts";

export interface RecordDeps {
  pool: pg.Pool;
  rawBucket: string;
  maxUploadBytes: number;
}

export type Recorded = Disposition | "duplicate";

/**
 * Writes down all objects of one message in one transaction: either every one of them is recorded
 * and the message may be deleted, or none is and it comes back.
 */
export async function recordMessage(
  deps: RecordDeps,
  messageId: string,
  objects: readonly ObjectCreated[],
): Promise<Recorded[]> {
  // Always in the same order, so that two messages that share objects can't wait for each other.
  const ordered = objects.toSorted((a, b) => (a.key < b.key ? -1 : 1));
  return await inTransaction(deps.pool, async (client) => {
    const recorded: Recorded[] = [];
    for (const object of ordered)
      recorded.push(await recordObject(deps, client, messageId, object));
    return recorded;
  });
}

async function recordObject(
  deps: RecordDeps,
  db: Database,
  messageId: string,
  object: ObjectCreated,
): Promise<Recorded> {
  const disposition = await recordArrival(db, object, { messageId, rawBucket: deps.rawBucket });
  const fileId = fileIdOfRawKey(object.key);
  if (disposition === "accepted" && fileId !== undefined) {
    const refusal = refuseArrival(object, deps.maxUploadBytes);
    if (refusal !== undefined) await failFile(db, { fileId, attempt: 1 }, refusal);
  }
  return disposition ?? "duplicate";
}
