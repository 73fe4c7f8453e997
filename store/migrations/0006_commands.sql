-- Up Migration

-- Where the present series of attempts begins. A retry that a client asks for begins a new one: only
-- failures from there on are counted, else the first of them would end the file again at once.
alter table files add column first_attempt integer not null default 1;
