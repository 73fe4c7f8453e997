import type { Codec, Phase } from "@transpod/contract/work-protocol.ts";
import type { Database } from "./database.ts";

/** What a forecast of the queue is made from. Times in seconds, sizes in bytes. */

export interface WorkRow {
  bytes: number;
  /** The settings that decide the speed: the preset, or else the quality. */
  pace: string;
  /** null until a worker has found it out. */
  original_codec: Codec | null;
}

export interface PastWorkRow extends WorkRow {
  /** How long the attempt had its slot. */
  seconds: number;
}

export interface RunningWorkRow extends WorkRow {
  elapsed: number;
  workers: number;
  phase: Phase | null;
  percent: number | null;
  eta_seconds: number | null;
}

export interface WaitingWorkRow extends WorkRow {
  file_id: string;
  /** It gets no slot before that. */
  delay: number;
}

/** How many slots the controller gives away; null before it has done so for the first time. */
export async function getSlots(db: Database): Promise<number | null> {
  const { rows } = await db.query<{ slots: number }>("select slots from slots");
  return rows[0]?.slots ?? null;
}

const work = `f.source_size_bytes as bytes,
  coalesce(f.settings->>'preset', f.settings->>'quality', 'balanced') as pace`;

/** Of the last 1,000 attempts that ended, those that one worker completed. */
export async function listPastWork(db: Database): Promise<PastWorkRow[]> {
  const { rows } = await db.query<PastWorkRow>(
    `select ${work}, t.original_codec,
       extract(epoch from t.ended_at - t.reserved_at)::float8 as seconds
     from (select * from transactions where ended_at is not null order by ended_at desc limit 1000) t
       join files f on f.file_id = t.file_id
     where t.outcome = 'completed' and t.workers_started = 1 and t.ended_at > t.reserved_at
       and f.source_size_bytes > 0`,
  );
  return rows;
}

export async function listRunningWork(db: Database): Promise<RunningWorkRow[]> {
  const { rows } = await db.query<RunningWorkRow>(
    `select ${work}, t.original_codec, p.phase, p.percent, p.eta_seconds,
       greatest(0, extract(epoch from now() - t.reserved_at))::float8 as elapsed,
       greatest(1, t.workers_started - t.workers_ended) as workers
     from files f join transactions t on t.file_id = f.file_id and t.attempt = f.attempt
       left join progress p on p.file_id = f.file_id and p.attempt = f.attempt
     where f.state = 'processing'`,
  );
  return rows;
}

/** The first `limit` files of the queue, in its order. */
export async function listWaitingWork(db: Database, limit: number): Promise<WaitingWorkRow[]> {
  const { rows } = await db.query<WaitingWorkRow>(
    `select f.file_id, ${work},
       case when f.attempt > 1 then (
         select t.original_codec from transactions t
         where t.file_id = f.file_id and t.original_codec is not null
         order by t.attempt desc limit 1) end as original_codec,
       case when f.launch_after > now()
         then extract(epoch from f.launch_after - now())::float8 else 0 end as delay
     from files f where f.state = 'pending'
     order by f.priority desc, f.queued_at, f.file_id limit $1`,
    [limit],
  );
  return rows;
}
