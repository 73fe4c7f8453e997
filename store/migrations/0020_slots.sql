-- Up Migration

-- How many slots the controller gives away (MAX_RUNNING_JOBS), for those who forecast the queue. One row, which the
-- statement that gives them away keeps true (store/launches.ts).
create table slots (
  only_row boolean primary key default true check (only_row),
  slots integer not null
);
