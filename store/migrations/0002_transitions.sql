-- Up Migration

-- The last line of defence: whatever a statement forgets, (attempt, rank of state) of a file never
-- decreases, and a completed file stays as it is.
create function guard_transition() returns trigger
language plpgsql as $$
begin
  if (new.attempt, state_rank(new.state)) < (old.attempt, state_rank(old.state))
    or (new.attempt = old.attempt and new.state <> old.state
        and state_rank(new.state) = state_rank(old.state))
    or (old.state = 'completed'
        and (new.attempt, new.state, new.processed_key)
          is distinct from (old.attempt, old.state, old.processed_key))
  then
    raise exception 'file % cannot go from attempt % % to attempt % %',
      old.file_id, old.attempt, old.state, new.attempt, new.state
      using errcode = 'TP001';
  end if;
  if (new.attempt, new.state) <> (old.attempt, old.state) then
    new.updated_at := now();
  end if;
  return new;
end
$$;

create trigger guard_transition before update on files
for each row execute function guard_transition();

-- Listeners get the id alone and read the row again: a lost notification costs only latency.
create function record_transition() returns trigger
language plpgsql as $$
begin
  insert into history (file_id, attempt, from_state, to_state, code)
  values (new.file_id, new.attempt, case when tg_op = 'UPDATE' then old.state end, new.state,
          new.failure_code);
  perform pg_notify('transpod_files', new.file_id::text);
  return null;
end
$$;

create trigger record_creation after insert on files
for each row execute function record_transition();

create trigger record_transition after update on files
for each row when (old.state <> new.state or old.attempt <> new.attempt)
execute function record_transition();
