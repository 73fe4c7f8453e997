-- Up Migration

-- Who may do what only one process should do at a time. Only this server's clock says when a lease ends.
create table leases (
  name text primary key,
  holder text not null,
  -- How many times the lease was taken; tells one term of a holder from its next.
  epoch bigint not null,
  expires_at timestamptz not null
);
