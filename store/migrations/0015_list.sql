-- Up Migration

-- The list can be sorted by each of these, of all files or of a key's own.
create index files_by_change on files (updated_at, file_id);
create index files_by_name on files (lower(file_name), file_id);
create index files_by_size on files (coalesce(source_size_bytes, declared_size_bytes, 0), file_id);
create index files_of_key_by_change on files (api_key_id, updated_at, file_id)
  where api_key_id is not null;
create index files_of_key_by_name on files (api_key_id, lower(file_name), file_id)
  where api_key_id is not null;
create index files_of_key_by_size
  on files (api_key_id, coalesce(source_size_bytes, declared_size_bytes, 0), file_id)
  where api_key_id is not null;

-- For the search in file names. A trusted extension: who owns the database may create it.
create extension if not exists pg_trgm;
create index files_by_part_of_name on files using gin (file_name gin_trgm_ops);

-- For the overview: the attempts that ended lately.
create index transactions_by_end on transactions (ended_at) where ended_at is not null;
