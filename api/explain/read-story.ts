import type { Request } from "express";
import { inTransaction } from "@transpod/store/database.ts";
import {
  getWaiting,
  listArrivals,
  listChunkFailures,
  listCommands,
  listReceivers,
  listTransitions,
} from "@transpod/store/story.ts";
import { listTransactions } from "@transpod/store/transactions.ts";
import { accessOf, isAllowed } from "../access/access.ts";
import type { ApiDeps } from "../deps.ts";
import { fileNotFound, findFile } from "../find-file.ts";
import type { Story } from "./story.ts";

/** A client may upload and command as often as it likes. */
const limit = 100;

/** Reads everything as of one moment, but the forecast. Throws an HttpError as `findFile` does. */
export async function readStory(
  { pool, buckets, forecast }: ApiDeps,
  request: Request,
): Promise<Story> {
  const reader = accessOf(request);
  const story = await inTransaction(pool, async (db) => {
    await db.query("set transaction isolation level repeatable read, read only");
    const file = await findFile(db, request);
    const { file_id: id, s3_key: key } = file;
    const waiting = await getWaiting(db, id);
    if (waiting === undefined) throw fileNotFound(id);
    return {
      ...{ reader, file, waiting },
      transitions: await listTransitions(db, id),
      arrivals: await listArrivals(db, { bucket: buckets.raw, key }, limit),
      attempts: await listTransactions(db, id),
      chunkFailures: await listChunkFailures(db, id),
      commands: await listCommands(db, id, limit),
      receivers: isAllowed(reader, "admin") ? await listReceivers(db, id) : [],
    };
  });
  return { ...story, file: await forecast.addTo(story.file) };
}
