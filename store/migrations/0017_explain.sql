-- Up Migration

-- The last lines of the log of the worker that reported the failure (contract/worker-log.ts). They are deleted with
-- the file.
alter table transactions add column worker_log text
  check (octet_length(worker_log) <= 8192 and (worker_log is null or outcome = 'failed'));

-- For the story of a file: who commanded what, and what receivers were told.
create index audit_log_of_file on audit_log (file_id, audit_id) where file_id is not null;
create index deliveries_of_file on deliveries (file_id, sequence) where file_id is not null;
