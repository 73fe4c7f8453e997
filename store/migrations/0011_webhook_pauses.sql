-- Up Migration

-- With Retry-After the receiver asked to be sent nothing before this.
alter table webhooks add column paused_until timestamptz;

-- Events that happen while a webhook is disabled are written too, as failed: they can be replayed when it is
-- enabled again.
create or replace function write_deliveries() returns trigger
language plpgsql as $$
declare
  file files;
  event text;
begin
  if tg_op = 'DELETE' then
    file := old;
    event := 'file.deleted';
  else
    file := new;
    event := 'file.' || new.state;
  end if;
  insert into deliveries (webhook_id, file_id, status, last_error, ended_at, payload)
  select webhook_id, file.file_id,
    case when disabled_at is null then 'pending' else 'failed' end,
    case when disabled_at is not null then 'The webhook was disabled.' end,
    case when disabled_at is not null then now() end,
    json_build_object(
      'type', event,
      'timestamp', to_char(now() at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
      'data', json_build_object(
        'file_id', file.file_id,
        'file_name', file.file_name,
        'processing_status', file.state,
        'attempt', file.attempt,
        'failure', case when file.failure_code is not null then json_build_object(
          'code', file.failure_code,
          'detail', coalesce(file.failure_detail, '')
        ) end
      )
    )
  from webhooks
  where event = any(events)
  -- A webhook that is deleted meanwhile gets no row, rather than fail the file's own transaction. A webhook
  -- that is disabled meanwhile gets a row that failed: a waiting one would never be sent.
  for share;
  return null;
end
$$;
