-- Up Migration

-- What the client chose (contract/transcode-settings.ts); what it left open has a default there.
alter table files add column settings jsonb not null default '{}';

-- The view of 0003 and the settings, which a replaced view can only have at its end.
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
  f.settings
from files f
left join transactions t on t.file_id = f.file_id and t.attempt = f.attempt
left join (
  select file_id, row_number() over (order by priority desc, queued_at, file_id) as queue_position
  from files where state = 'pending'
) q on q.file_id = f.file_id
left join progress p on p.file_id = f.file_id and p.attempt = f.attempt;
