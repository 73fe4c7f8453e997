-- Up Migration

-- Originals and results that are no longer kept. The row decides it, and from then on nobody uses the objects; the
-- sweep deletes them afterwards, however often whoever does it dies.
alter table files
  -- What the client asked for: the original goes after success.
  add column delete_original boolean not null default false,
  add column original_deleted_at timestamptz,
  add column result_deleted_at timestamptz,
  -- When to delete their objects next; null when there is nothing to delete.
  add column clean_after timestamptz;

create index files_original_unwanted on files (updated_at)
  where state = 'completed' and delete_original and original_deleted_at is null;
create index files_original_kept on files (updated_at)
  where state in ('completed', 'failed', 'cancelled') and source_version is not null
    and original_deleted_at is null;
create index files_result_kept on files (updated_at)
  where state = 'completed' and result_deleted_at is null;
create index files_to_clean on files (clean_after) where clean_after is not null;

-- Records of files that are gone.
create index tombstones_done on tombstones (deleted_at) where clean_after is null;
create index inbox_by_key on inbox (s3_key);
create index inbox_foreign on inbox (received_at) where disposition = 'foreign';

-- The view of 0018, and what is no longer kept.
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
  case when f.state = 'pending' then (
    select count(*) from files q where q.state = 'pending' and q.priority > f.priority
  ) + (
    select count(*) from files q
    where q.state = 'pending' and q.priority = f.priority
      and (q.queued_at, q.file_id) <= (f.queued_at, f.file_id)
  ) end as queue_position,
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
  case when f.state = 'completed' and f.result_deleted_at is null
    then coalesce(jsonb_array_length(t.stills), 0) else 0 end as stills,
  f.delete_original,
  f.original_deleted_at,
  f.result_deleted_at
from files f
left join transactions t on t.file_id = f.file_id and t.attempt = f.attempt
left join progress p on p.file_id = f.file_id and p.attempt = f.attempt;
