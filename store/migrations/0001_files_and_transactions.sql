-- Up Migration

-- The order of contract/states.ts; a test keeps the two equal.
create function state_rank(state text) returns integer
language sql immutable strict as $$
  select case state
    when 'awaiting_upload' then 0
    when 'uploaded' then 1
    when 'pending' then 2
    when 'processing' then 3
    when 'completed' then 4
    when 'failed' then 4
    when 'cancelled' then 4
  end
$$;

create table files (
  file_id uuid primary key,
  file_name text not null,
  s3_key text not null unique,
  state text not null default 'awaiting_upload' check (state_rank(state) is not null),
  attempt integer not null default 0,
  priority integer not null default 0,
  declared_size_bytes bigint,
  declared_content_type text,
  -- The version that was accepted; whatever is PUT to the key later changes nothing.
  source_version text,
  source_etag text,
  source_size_bytes bigint,
  -- What is published. An object in the bucket that this does not point to is not.
  processed_key text,
  failure_code text,
  failure_detail text,
  queued_at timestamptz,
  -- Backoff: a pending file is not launched before this.
  launch_after timestamptz not null default '-infinity',
  -- When the sweep last asked S3 for an upload whose event had not come.
  swept_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  -- Of the last transition.
  updated_at timestamptz not null default now(),
  check ((state = 'completed') = (processed_key is not null)),
  check ((state = 'failed') = (failure_code is not null))
);

create index files_newest_first on files (created_at desc, file_id desc);
create index files_by_state on files (state, created_at desc, file_id desc);
create index files_without_event on files (swept_at) where state in ('awaiting_upload', 'uploaded');
create index files_queue on files (priority desc, queued_at, file_id) where state = 'pending';

-- One row per attempt at a file.
create table transactions (
  file_id uuid not null references files on delete cascade,
  attempt integer not null check (attempt > 0),
  job_name text not null unique,
  memory_scale integer not null default 1,
  -- How many workers have claimed the attempt. Only the last one is heard.
  lease integer not null default 0,
  worker text,
  waiting_for text,
  -- The multipart upload of this lease, and where it goes.
  upload_lease integer,
  upload_id text,
  upload_key text,
  original_codec text,
  target_codec text,
  original jsonb,
  processed jsonb,
  verification jsonb,
  notes jsonb not null default '[]',
  phase_times jsonb,
  sha256 text,
  outcome text check (outcome in ('completed', 'failed', 'cancelled')),
  failure_code text,
  failure_detail text,
  -- Whether a failure used up one of the file's attempts.
  counted boolean,
  event_at timestamptz,
  created_at timestamptz not null default now(),
  reserved_at timestamptz,
  launched_at timestamptz,
  claimed_at timestamptz,
  heartbeat_at timestamptz,
  ended_at timestamptz,
  primary key (file_id, attempt),
  check ((outcome is null) = (ended_at is null)),
  check ((outcome = 'failed') = (failure_code is not null))
);

-- One row per object version that S3 told us about, whatever became of it.
create table inbox (
  bucket text not null,
  s3_key text not null,
  version_id text not null,
  etag text not null,
  size_bytes bigint not null,
  message_id text not null,
  disposition text not null check (disposition in ('accepted', 'superseded', 'foreign')),
  event_at timestamptz,
  received_at timestamptz not null default now(),
  primary key (bucket, s3_key, version_id, etag)
);

-- Messages to send, written in the same transaction as their cause.
create table outbox (
  outbox_id bigint generated always as identity primary key,
  body text not null,
  created_at timestamptz not null default now()
);

-- What a running attempt last said. Not worth a write-ahead log: the next word replaces it.
create unlogged table progress (
  file_id uuid not null,
  attempt integer not null,
  phase text not null,
  percent double precision not null,
  frame bigint,
  total_frames bigint,
  fps double precision,
  speed double precision,
  eta_seconds double precision,
  updated_at timestamptz not null default now(),
  primary key (file_id, attempt)
);

-- Every transition, append-only; written by the trigger below and by nothing else.
create table history (
  history_id bigint generated always as identity primary key,
  file_id uuid not null,
  attempt integer not null,
  from_state text,
  to_state text not null,
  code text,
  at timestamptz not null default clock_timestamp()
);

create index history_of_file on history (file_id, history_id);
