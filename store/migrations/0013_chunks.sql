-- Up Migration

-- One long video on many workers (contract/chunk-protocol.ts).
alter table transactions
  -- How many workers the attempt may have at the same time; decided when its Job is created.
  add column max_workers integer not null default 1,
  -- Counted over the life of its Job. The workers that run are those that have started and not ended.
  add column workers_started integer not null default 1,
  add column workers_ended integer not null default 0,
  -- When it was last given more workers.
  add column workers_added_at timestamptz,
  -- How many chunks the attempt encodes; null while it encodes the video as a whole.
  add column chunks integer;

-- The cut belongs to the file, not to the attempt: a later attempt that makes the same cut continues with
-- the chunks that are encoded.
create table cuts (
  file_id uuid primary key references files on delete cascade,
  fingerprint text not null,
  -- Who made this cut last. A worker that repeats its request is recognised by them.
  attempt integer not null,
  lease integer not null,
  -- When the chunks were removed for the first time, after the end of the file.
  removed_at timestamptz
);

create table chunks (
  file_id uuid not null references cuts on delete cascade,
  chunk integer not null,
  first_frame integer not null,
  frames integer not null,
  -- How many leases the chunk has had. Each one writes to its own key.
  lease integer not null default 0,
  -- The output that counts, and who made it; null until then.
  output_key text,
  output_attempt integer,
  output_lease integer,
  size_bytes bigint,
  sha256 text,
  verification jsonb,
  notes jsonb,
  -- From the lease to the completion.
  seconds double precision,
  primary key (file_id, chunk)
);

create table chunk_leases (
  file_id uuid not null,
  chunk integer not null,
  lease integer not null,
  attempt integer not null,
  worker text not null,
  claimed_at timestamptz not null default now(),
  heartbeat_at timestamptz not null default now(),
  -- What the worker last reported.
  frame integer not null default 0,
  fps double precision,
  speed double precision,
  ended_at timestamptz,
  -- Why it ended; null when the chunk is encoded, or its worker claimed again.
  failure_code text,
  -- Whether the failure counts against the limit of failures of a chunk; null without one.
  counted boolean,
  primary key (file_id, chunk, lease),
  foreign key (file_id, chunk) references chunks on delete cascade
);

-- The view of 0006, and what several workers do.
create or replace view file_status as
select
  f.file_id,
  f.file_name,
  f.s3_key,
  f.state,
  f.attempt,
  f.priority,
  f.source_version,
  coalesce(f.source_size_bytes, f.declared_size_bytes) as size_bytes,
  f.processed_key,
  f.failure_code,
  f.failure_detail,
  f.created_at,
  f.updated_at,
  t.original_codec,
  t.target_codec,
  t.original,
  t.processed,
  t.verification,
  t.notes,
  t.phase_times,
  t.sha256,
  case when f.state = 'processing' then t.waiting_for end as waiting_for,
  extract(epoch from t.ended_at - t.claimed_at)::double precision as processing_time,
  q.queue_position,
  case when f.state = 'processing' and p.file_id is not null then json_build_object(
    'phase', p.phase,
    'percent', p.percent,
    'frame', p.frame,
    'total_frames', p.total_frames,
    'fps', p.fps,
    'speed', p.speed,
    'eta_seconds', p.eta_seconds,
    'updated_at', p.updated_at
  ) end as progress,
  f.settings,
  case when f.state = 'processing' and t.launched_at is not null
    then greatest(0, t.workers_started - t.workers_ended) end as workers,
  case when f.state = 'processing' and t.chunks is not null then json_build_object(
    'done', (select count(*) from chunks c where c.file_id = f.file_id and c.output_key is not null),
    'total', t.chunks
  ) end as chunks
from files f
left join transactions t on t.file_id = f.file_id and t.attempt = f.attempt
left join (
  select file_id, row_number() over (order by priority desc, queued_at, file_id) as queue_position
  from files where state = 'pending'
) q on q.file_id = f.file_id
left join progress p on p.file_id = f.file_id and p.attempt = f.attempt;
