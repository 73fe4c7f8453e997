-- Up Migration

-- What must hold of files, attempts, arrivals and history at any time, whoever died when. Each row is a
-- breach, in a sentence. What a bucket holds, and what merely takes too long, is asked elsewhere
-- (store/audit-objects.ts, store/audit.ts).
create view audit_findings as
with steps as (
  select history_id, file_id, attempt, from_state, to_state,
    -- "deleted" is the only one without a rank, and comes after all.
    coalesce(state_rank(to_state), 5) as rank,
    lag(attempt) over file as last_attempt,
    lag(to_state) over file as last_state,
    lag(coalesce(state_rank(to_state), 5)) over file as last_rank,
    lead(history_id) over file is null as is_last
  from history
  window file as (partition by file_id order by history_id)
), attempts as (
  select file_id, count(*) as attempts, string_agg(attempt::text, ', ' order by attempt) as numbers,
    count(*) filter (where outcome = 'completed') as completions
  from transactions group by file_id
), accepted as (
  select s3_key, count(*) as arrivals from inbox where disposition = 'accepted' group by s3_key
)

select 'history_order' as invariant, file_id, attempt,
  format('Its history goes from attempt %s %s to attempt %s %s.',
    last_attempt, last_state, attempt, to_state) as sentence
from steps
where (attempt, rank) <= (last_attempt, last_rank)
  or (last_state = 'completed' and to_state <> 'deleted')
  or last_state = 'deleted'

union all
select 'history_gap', file_id, attempt,
  case when last_state is null
    then format('Its history begins with leaving %s, not with its creation.', from_state)
    else format('Its history has a gap: it left %s, but was %s before.',
      coalesce(from_state, 'nothing'), last_state)
  end
from steps where from_state is distinct from last_state

union all
select 'history_end', f.file_id, f.attempt,
  case when s.file_id is null then 'It has no history.'
    else format('It is %s in attempt %s, but its history ends with %s in attempt %s.',
      f.state, f.attempt, s.to_state, s.attempt)
  end
from files f left join steps s on s.file_id = f.file_id and s.is_last
where s.file_id is null or (s.attempt, s.to_state) <> (f.attempt, f.state)

union all
select 'deleted_file', s.file_id, s.attempt,
  case when s.to_state = 'deleted' then 'It was deleted, but has no tombstone.'
    else format('It is gone, but its history ends with %s.', s.to_state)
  end
from steps s
where s.is_last and not exists (select from files f where f.file_id = s.file_id)
  and (s.to_state <> 'deleted'
    or not exists (select from tombstones d where d.file_id = s.file_id))

union all
select 'deleted_file', f.file_id, f.attempt, 'It has a tombstone, but is still there.'
from files f join tombstones d on d.file_id = f.file_id

union all
select 'published_once', a.file_id, null,
  format('It was completed by %s attempts.', a.completions)
from attempts a where a.completions > 1

union all
select 'published_result', f.file_id, f.attempt,
  format('It is completed, but its attempt %s is not.', f.attempt)
from files f
where f.state = 'completed' and not exists (
  select from transactions t
  where t.file_id = f.file_id and t.attempt = f.attempt and t.outcome = 'completed')

union all
select 'published_result', f.file_id, t.attempt,
  format('Its attempt %s is completed, but the file is %s.', t.attempt, f.state)
from files f join transactions t on t.file_id = f.file_id and t.outcome = 'completed'
where f.state <> 'completed'

union all
select 'published_facts', f.file_id, f.attempt,
  format('Its result was published without %s.', concat_ws(' and ',
    case when t.sha256 is null then 'a sha256' end,
    case when t.verification is null then 'a verification' end))
from files f join transactions t on t.file_id = f.file_id and t.attempt = f.attempt
where t.outcome = 'completed' and (t.sha256 is null or t.verification is null)

union all
select 'published_key', f.file_id, f.attempt,
  format('It points to %s, but its attempt %s wrote to %s.', f.processed_key, t.attempt,
    coalesce(t.upload_key, 'nothing'))
from files f join transactions t on t.file_id = f.file_id and t.attempt = f.attempt
where f.state = 'completed' and f.processed_key is distinct from t.upload_key

union all
select 'open_attempt', t.file_id, t.attempt,
  format('Its attempt %s is open, but the file is %s in attempt %s.', t.attempt, f.state, f.attempt)
from transactions t join files f on f.file_id = t.file_id
where t.outcome is null and (t.attempt <> f.attempt or f.state not in ('pending', 'processing'))

union all
select 'open_attempt', f.file_id, f.attempt,
  format('It is %s, but its attempt %s is %s.', f.state, f.attempt, t.outcome)
from files f join transactions t on t.file_id = f.file_id and t.attempt = f.attempt
where f.state in ('pending', 'processing') and t.outcome is not null

union all
select 'attempt_numbers', f.file_id, f.attempt,
  format('It is in attempt %s, but its attempts are %s.', f.attempt, coalesce(a.numbers, 'none'))
from files f left join attempts a on a.file_id = f.file_id
left join transactions t on t.file_id = f.file_id and t.attempt = f.attempt
-- As many as its number says, of which that is one, and none is above it: 1 to n without a hole.
where coalesce(a.attempts, 0) <> f.attempt or (f.attempt > 0 and t.file_id is null)

union all
select 'lease', file_id, attempt,
  case when lease = 0 then format('Its attempt %s was claimed, but has no lease.', attempt)
    else format('Its attempt %s has lease %s, but was never claimed.', attempt, lease)
  end
from transactions where (claimed_at is null) <> (lease = 0)

union all
select 'arrival_file', null, null,
  format('Version "%s" of %s was accepted, but there is no such file.', i.version_id, i.s3_key)
from inbox i
where i.disposition = 'accepted'
  and not exists (select from files f where f.s3_key = i.s3_key)
  and not exists (select from tombstones d where d.s3_key = i.s3_key)

union all
select 'arrival_version', f.file_id, f.attempt,
  format('Version "%s" of its upload was accepted, but %s is its source.', i.version_id,
    coalesce('"' || f.source_version || '"', 'none'))
from inbox i join files f on f.s3_key = i.s3_key
where i.disposition = 'accepted' and f.source_version is distinct from i.version_id

union all
select 'arrival_once', f.file_id, f.attempt,
  format('It accepted %s versions of its upload.', a.arrivals)
from files f join accepted a on a.s3_key = f.s3_key where a.arrivals > 1

union all
select 'arrival_missing', f.file_id, f.attempt,
  format('It is %s, but no arrival of its upload was accepted.', f.state)
from files f
where f.attempt > 0 and not exists (select from accepted a where a.s3_key = f.s3_key)
  -- Found by the sweep, cancelled, and retried before its message came: that was superseded then.
  and not exists (
    select from history h
    where h.file_id = f.file_id and h.from_state = 'uploaded' and h.to_state = 'cancelled');

-- What these uploaded is removed: nobody will ever point to it.
create index transactions_leftovers on transactions (ended_at)
  where upload_id is not null and outcome in ('failed', 'cancelled');
