-- Up Migration

-- Who may call the public API. A key is never deleted, only revoked: files and the audit log name it.
create table api_keys (
  key_id text primary key check (key_id ~ '^[0-9a-f]{16}$'),
  name text not null,
  scopes text[] not null check (scopes <@ array['read', 'write', 'admin'] and scopes <> '{}'),
  -- SHA-256 is enough, without salt and rounds: the secret is 256 random bits, which nobody can guess.
  secret_hash bytea not null check (length(secret_hash) = 32),
  created_at timestamptz not null default now(),
  revoked_at timestamptz
);

-- The key that created the file, also when it is deleted; null when none was asked for.
alter table files add column api_key_id text references api_keys;
alter table tombstones add column api_key_id text references api_keys;

create index files_of_key on files (api_key_id, created_at desc, file_id desc)
where api_key_id is not null;

-- Every command, and every access that was refused.
create table audit_log (
  audit_id bigint generated always as identity primary key,
  at timestamptz not null default clock_timestamp(),
  action text not null,
  -- As it was presented, so it need not be one of ours. Of a key that was created or revoked: its own.
  key_id text,
  file_id uuid,
  result text not null check (result in ('done', 'unchanged', 'refused')),
  -- Why it was refused.
  code text,
  client text,
  request_id text,
  check ((result = 'refused') = (code is not null))
);

create function keep_audit_log() returns trigger
language plpgsql as $$
begin
  raise exception 'the audit log is append-only' using errcode = 'TP002';
end
$$;

create trigger keep_audit_log before update or delete or truncate on audit_log
for each statement execute function keep_audit_log();
