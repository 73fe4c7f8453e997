-- Up Migration

-- Who is told of what happens to files.
create table webhooks (
  webhook_id uuid primary key,
  url text not null,
  events text[] not null,
  -- Each delivery is signed with it, so it can't be a hash.
  secret text not null,
  -- Since when the receiver is gone: it said so itself.
  disabled_at timestamptz,
  created_at timestamptz not null default now()
);

-- One row per webhook and event, written in the same transaction as the event.
create table deliveries (
  delivery_id uuid primary key default gen_random_uuid(),
  -- The order of events. Those of one file are written under its row's lock.
  sequence bigint generated always as identity,
  webhook_id uuid not null references webhooks on delete cascade,
  -- It outlives the file. Null in a test event, which waits for nothing.
  file_id uuid,
  payload json not null,
  status text not null default 'pending' check (status in ('pending', 'delivered', 'failed')),
  -- How many times somebody began to send it. Only the last one's word is taken.
  lease integer not null default 0,
  -- Since the event, or the last replay.
  tries integer not null default 0,
  first_tried_at timestamptz,
  -- While it is sent: when another may send it, should this one have died.
  next_try_at timestamptz not null default now(),
  last_http_status integer,
  last_error text,
  created_at timestamptz not null default now(),
  ended_at timestamptz,
  check ((status = 'pending') = (ended_at is null))
);

create index deliveries_of_webhook on deliveries (webhook_id, sequence desc);
create index deliveries_due on deliveries (webhook_id, next_try_at, sequence)
  where status = 'pending';
create index deliveries_in_order on deliveries (webhook_id, file_id, sequence)
  where status = 'pending';
create index deliveries_ended on deliveries (ended_at) where ended_at is not null;

create function write_deliveries() returns trigger
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
  insert into deliveries (webhook_id, file_id, payload)
  select webhook_id, file.file_id, json_build_object(
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
  where event = any(events) and disabled_at is null
  -- A webhook that is deleted meanwhile gets no row, rather than fail the file's own transaction.
  for key share;
  return null;
end
$$;

create trigger write_deliveries after update on files
for each row when (old.state <> new.state or old.attempt <> new.attempt)
execute function write_deliveries();

create trigger write_last_deliveries after delete on files
for each row execute function write_deliveries();
