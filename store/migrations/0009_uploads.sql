-- Up Migration

-- When a file of which nothing has arrived fails; no URL that was handed out lives longer. Those that
-- wait already have URLs that live for a week at most.
alter table files add column upload_until timestamptz not null default now() + interval '8 days';
alter table files alter column upload_until drop default;

-- The client's multipart upload, until something has arrived or the file has ended and it is aborted.
alter table files add column upload_id text;

create index files_with_parts_to_abort on files (file_id)
where upload_id is not null and state <> 'awaiting_upload';
