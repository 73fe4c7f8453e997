-- Up Migration

-- Browsers that are signed in with an API key. Only the hash of the cookie's token is kept.
create table sessions (
  token_hash bytea primary key,
  api_key_id text not null references api_keys (key_id),
  created_at timestamptz not null default now(),
  expires_at timestamptz not null
);

create index sessions_by_expiry on sessions (expires_at);
