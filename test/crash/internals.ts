import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  PutBucketNotificationConfigurationCommand,
} from "@aws-sdk/client-s3";
import { GetQueueAttributesCommand, GetQueueUrlCommand } from "@aws-sdk/client-sqs";
import { rawKey } from "@transpod/contract/object-keys.ts";
import { canFollow, type FileState } from "@transpod/contract/states.ts";
import { s3Credentials } from "@transpod/embedded/s3-credentials.ts";
import { createS3, createSqs } from "@transpod/runtime/aws.ts";
import { createPool } from "@transpod/store/database.ts";
import { readLog } from "../test-transpod.ts";

/** An attempt, from its row and the log. */
export interface Attempt {
  attempt: number;
  /** `completed`, `cancelled`, a failure's code, or `open`. */
  end: string;
  /** How many workers claimed it. */
  workers: number;
  /** How many Jobs were created for it. */
  jobs: number;
}

interface Transition {
  attempt: number;
  from_state: FileState | null;
  to_state: FileState | "deleted";
}

/** Inspects embedded mode behind its public API: its database, its buckets, its queues and its log. */
export async function openInternals(dataDir: string) {
  const read = (name: string) => readFile(join(dataDir, name), "utf8");
  const ports = JSON.parse(await read("ports.json")) as { postgres: number; s3: number };
  const url = `postgres://transpod:${await read("postgres-password")}@127.0.0.1:${ports.postgres}/transpod`;
  const pool = createPool({ url, applicationName: "test" }, () => {});
  const credentials = await s3Credentials({ path: dataDir });
  const at = { region: "us-east-1", endpoint: `http://127.0.0.1:${ports.s3}`, credentials };
  const [s3, sqs] = [createS3(at), createSqs(at)];

  async function jobsMade(): Promise<{ file_id: string; attempt: number }[]> {
    const lines = (await readLog(dataDir)).split("\n");
    return lines
      .filter((line) => line.includes('"event":"job_created"'))
      .map((line) => JSON.parse(line) as { file_id: string; attempt: number });
  }

  async function keysIn(bucket: string, prefix: string): Promise<string[]> {
    const { Versions = [], DeleteMarkers = [] } = await s3.send(
      new ListObjectVersionsCommand({ Bucket: bucket, Prefix: prefix }),
    );
    return [...Versions, ...DeleteMarkers].map((version) => version.Key ?? "").toSorted();
  }

  return {
    async attempts(fileId: string): Promise<Attempt[]> {
      const { rows } = await pool.query<Omit<Attempt, "jobs">>(
        `select attempt, coalesce(failure_code, outcome, 'open') as end, lease as workers
         from transactions where file_id = $1 order by attempt`,
        [fileId],
      );
      const made = await jobsMade();
      const jobsOf = (attempt: number) =>
        made.filter((job) => job.file_id === fileId && job.attempt === attempt).length;
      return rows.map((row) => ({ ...row, jobs: jobsOf(row.attempt) }));
    },
    async publishedKey(fileId: string): Promise<string | null> {
      const { rows } = await pool.query<{ processed_key: string | null }>(
        `select processed_key from files where file_id = $1`,
        [fileId],
      );
      return rows[0]?.processed_key ?? null;
    },
    /** Steps of a file's history that are not allowed after the step before. */
    async stepsBack(fileId: string): Promise<Transition[]> {
      const { rows } = await pool.query<Transition>(
        `select attempt, from_state, to_state from history where file_id = $1 order by history_id`,
        [fileId],
      );
      return rows.filter(({ attempt, to_state }, n) => {
        const before = rows[n - 1];
        if (before === undefined || to_state === "deleted") return false;
        const from = { attempt: before.attempt, state: before.to_state as FileState };
        return !canFollow(from, { attempt, state: to_state });
      });
    },
    /** Everything of a file in the bucket for results. */
    processed: (fileId: string) => keysIn("transpod-processed", `${fileId}/`),
    /** The same without stills, which the sweep removes later when no result has them. */
    async results(fileId: string): Promise<string[]> {
      const keys = await keysIn("transpod-processed", `${fileId}/`);
      return keys.filter((key) => !key.startsWith(`${fileId}/stills/`));
    },
    originals: (fileId: string, name: string) => keysIn("transpod-raw", rawKey(name, fileId)),
    /** Makes the upload of a file expire. */
    async letExpire(fileId: string): Promise<void> {
      await pool.query(`update files set upload_until = now() where file_id = $1`, [fileId]);
    },
    /** Where a multipart upload of the file is known. */
    async knowUpload(fileId: string, name: string): Promise<("row" | "s3")[]> {
      const row = `select from files where file_id = $1 and upload_id is not null`;
      const of = { Bucket: "transpod-raw", Prefix: rawKey(name, fileId) };
      const { rowCount } = await pool.query(row, [fileId]);
      const { Uploads = [] } = await s3.send(new ListMultipartUploadsCommand(of));
      return [...(rowCount === 1 ? ["row" as const] : []), ...Uploads.map(() => "s3" as const)];
    },
    /** Ends the time for which a killed process had taken webhook deliveries. */
    async releaseDeliveries(): Promise<void> {
      await pool.query(`update deliveries set next_try_at = now() where status = 'pending'`);
    },
    /** Tombstones and files whose objects must still be deleted. */
    async toClean(): Promise<number> {
      const { rowCount } = await pool.query(`select from tombstones where clean_after <= now()
         union all select from files where clean_after is not null`);
      return rowCount ?? 0;
    },
    /** From now on S3 sends no events. The next start repairs this. */
    async loseEvents(): Promise<void> {
      const silent = { Bucket: "transpod-raw", NotificationConfiguration: {} };
      await s3.send(new PutBucketNotificationConfigurationCommand(silent));
    },
    /** Messages that wait, or are received and not deleted. */
    async messagesIn(queue: "transpod" | "transpod-dead"): Promise<number> {
      const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: queue }));
      const { Attributes = {} } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }),
      );
      const { ApproximateNumberOfMessages, ApproximateNumberOfMessagesNotVisible } = Attributes;
      return Number(ApproximateNumberOfMessages) + Number(ApproximateNumberOfMessagesNotVisible);
    },
    async close(): Promise<void> {
      s3.destroy();
      sqs.destroy();
      await pool.end();
    },
  };
}

export type Internals = Awaited<ReturnType<typeof openInternals>>;
