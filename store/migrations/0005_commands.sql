-- Up Migration

-- Where the present series of attempts begins. A retry that a client asks for begins a new one: only
-- failures from there on are counted, else the first of them would end the file again at once.
alter table files add column first_attempt integer not null default 1;

-- A file that was deleted: its id and key stay, so that an event that comes late or again makes no Job,
-- and its objects are deleted from here, however often whoever does it dies.
create table tombstones (
  file_id uuid primary key,
  s3_key text not null unique,
  -- The last one, whose Job may still run.
  attempt integer not null,
  deleted_at timestamptz not null default now(),
  -- When to look for its objects next; null once no URL that was handed out can bring any.
  clean_after timestamptz default now()
);

create index tombstones_to_clean on tombstones (clean_after) where clean_after is not null;

alter table inbox drop constraint inbox_disposition_check;
alter table inbox add constraint inbox_disposition_check
  check (disposition in ('accepted', 'superseded', 'deleted', 'foreign'));

-- The history of a file outlives it.
create function record_deletion() returns trigger
language plpgsql as $$
begin
  insert into history (file_id, attempt, from_state, to_state)
  values (old.file_id, old.attempt, old.state, 'deleted');
  perform pg_notify('transpod_files', old.file_id::text);
  return null;
end
$$;

create trigger record_deletion after delete on files
for each row execute function record_deletion();

-- On a channel of its own: the controller, which hears the other one, has nothing to do about it.
create function tell_progress() returns trigger
language plpgsql as $$
begin
  perform pg_notify('transpod_progress', new.file_id::text);
  return null;
end
$$;

create trigger tell_progress after insert or update on progress
for each row execute function tell_progress();
