-- Up Migration

-- Pictures of source and result that the worker uploads beside the result (contract/object-keys.ts).
alter table transactions
  -- The pairs that belong to the result, an array (contract/work-protocol.ts, `still`); null when there are none.
  add column stills jsonb;

-- Leases that got URLs to upload stills, and whose stills are not published. The sweep removes what they uploaded.
create table still_uploads (
  file_id uuid not null references files on delete cascade,
  attempt integer not null,
  lease integer not null,
  -- When it last got URLs: they expire some time later.
  signed_at timestamptz not null default now(),
  primary key (file_id, attempt, lease)
);

create index still_uploads_signed_at on still_uploads (signed_at);

-- The view of 0013, and how many stills there are.
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
  ) end as chunks,
  case when f.state = 'completed' then coalesce(jsonb_array_length(t.stills), 0) else 0 end as stills
from files f
left join transactions t on t.file_id = f.file_id and t.attempt = f.attempt
left join (
  select file_id, row_number() over (order by priority desc, queued_at, file_id) as queue_position
  from files where state = 'pending'
) q on q.file_id = f.file_id
left join progress p on p.file_id = f.file_id and p.attempt = f.attempt;
