import type pg from "pg";
import { failFile } from "@transpod/store/attempts.ts";
import { inTransaction } from "@transpod/store/database.ts";
import { claimedFile, pendingFile, resultOf } from "@transpod/store/testing.ts";
import { completeFile, recordProgress } from "@transpod/store/work.ts";

/** Makes files of the states that requests alone bring none to. The id of the completed one. */
export async function seedFiles(pool: pg.Pool): Promise<string> {
  const failed = await claimedFile(pool);
  const failure = { code: "stalled", detail: "The worker went silent.", counted: true } as const;
  await inTransaction(pool, (client) => failFile(client, failed, failure));
  const processing = await claimedFile(pool);
  const { lease } = processing;
  await recordProgress(pool, processing, { lease, phase: "encode", percent: 12.5, fps: 24 });
  await pendingFile(pool);
  const completed = await claimedFile(pool);
  await completeFile(pool, completed, `${completed.fileId}/1-1.mp4`, resultOf(completed));
  return completed.fileId;
}
