import { createHash } from "node:crypto";
import { paginateListObjectsV2 } from "@aws-sdk/client-s3";
import { fileIdOfChunkKey } from "@transpod/contract/object-keys.ts";
import { resultOfCut } from "../noop-attempt.ts";
import type { World } from "./world.ts";

/** Of the attempts that were published from chunks. */
export interface CutFigures {
  published: number;
  /** That one of them had in its life. */
  most_workers: number;
  /** Results of no-op workers that are not the outputs of all chunks in order. */
  wrong: number;
}

export async function cutFigures({ pool, workers }: World): Promise<CutFigures> {
  const { rows } = await pool.query<CutFigures>(
    `select count(*) as published, coalesce(max(workers_started), 0) as most_workers,
       count(*) filter (where $1 and sha256 <> $2) as wrong
     from transactions where outcome = 'completed' and chunks is not null`,
    [workers === "noop", createHash("sha256").update(resultOfCut).digest("hex")],
  );
  return rows[0]!;
}

/**
 * Objects of chunks that were there when their file ended, and still are. Those that a stopped worker uploaded
 * afterwards are removed later.
 */
export async function countChunksLeft({ pool, s3, processedBucket }: World): Promise<number> {
  const seen: { file_id: string; at: Date }[] = [];
  for await (const page of paginateListObjectsV2({ client: s3 }, { Bucket: processedBucket })) {
    for (const { Key = "", LastModified = new Date(0) } of page.Contents ?? []) {
      const file_id = fileIdOfChunkKey(Key);
      if (file_id !== undefined) seen.push({ file_id, at: LastModified });
    }
  }
  const { rows } = await pool.query<{ count: number }>(
    // S3 rounds its times down to seconds.
    `select count(*) from json_to_recordset($1) as seen (file_id uuid, at timestamptz)
     join files f using (file_id) join transactions t using (file_id, attempt)
     where seen.at < date_trunc('second', t.ended_at)`,
    [JSON.stringify(seen)],
  );
  return rows[0]!.count;
}
