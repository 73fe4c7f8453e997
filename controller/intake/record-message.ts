import type pg from "pg";
import type { FailureCode } from "@transpod/contract/failures.ts";
import { fileIdOfRawKey } from "@transpod/contract/object-keys.ts";
import type { ObjectCreated } from "@transpod/contract/s3-event.ts";
import { crashPoint } from "@transpod/runtime/crash-point.ts";
import { recordArrival, type Disposition } from "@transpod/store/arrivals.ts";
import { failFile } from "@transpod/store/attempts.ts";
import { inTransaction, type Database } from "@transpod/store/database.ts";
import type { ControllerSettings } from "../config.ts";
import { refuseArrival } from "./refuse-arrival.ts";

export interface RecordDeps {
  pool: pg.Pool;
  rawBucket: string;
  settings: ControllerSettings;
}

export interface Recorded {
  /** Undefined for a key that we never issued. */
  file_id: string | undefined;
  disposition: Disposition | "duplicate";
  /** Why the file was refused, if it was. */
  refused?: FailureCode;
}

/**
 * Records all objects of one message in one transaction: either all are recorded and the message may be
 * deleted, or none is and the message comes back.
 */
export async function recordMessage(
  deps: RecordDeps,
  messageId: string,
  objects: readonly ObjectCreated[],
): Promise<Recorded[]> {
  // Always in the same order, so that two messages that share objects can't wait for each other.
  const orderOf = (object: ObjectCreated) => `${object.key} ${object.version_id}`;
  const ordered = objects.toSorted((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
  return await inTransaction(deps.pool, async (client) => {
    const recorded: Recorded[] = [];
    for (const object of ordered) {
      recorded.push(await recordObject(deps, client, messageId, object));
    }
    crashPoint("arrivals_written");
    return recorded;
  });
}

async function recordObject(
  { rawBucket, settings }: RecordDeps,
  db: Database,
  messageId: string,
  object: ObjectCreated,
): Promise<Recorded> {
  const file_id = fileIdOfRawKey(object.key);
  const disposition = await recordArrival(db, object, { messageId, rawBucket });
  if (disposition === undefined) return { file_id, disposition: "duplicate" };
  const refusal = refuseArrival(object, settings.maxUploadBytes);
  if (disposition !== "accepted" || file_id === undefined || refusal === undefined) {
    return { file_id, disposition };
  }
  await failFile(db, { fileId: file_id, attempt: 1, lease: 0 }, refusal);
  return { file_id, disposition, refused: refusal.code };
}
