-- Up Migration

-- The trace that the file's creation belongs to (https://www.w3.org/TR/trace-context/); null without tracing.
alter table files add column traceparent text;
