-- Up Migration

create index audit_log_at on audit_log (at);

create or replace function keep_audit_log() returns trigger
language plpgsql as $$
begin
  if tg_op = 'DELETE' and current_setting('transpod.expires_audit_log', true) = 'on' then
    return null;
  end if;
  raise exception 'the audit log is append-only' using errcode = 'TP002';
end
$$;

-- Deletes entries that are older than `retention`, the oldest first, at most `batch`, and returns their number.
-- The trigger allows deletions only in this function.
create function expire_audit_log(retention interval, batch integer) returns integer
language sql
set transpod.expires_audit_log = 'on'
as $$
  with expired as (
    delete from audit_log where audit_id in (
      select audit_id from audit_log where at < now() - retention order by at limit batch
    )
    returning audit_id
  )
  select count(*)::integer from expired
$$;
