import type { Database } from "./database.ts";

/** One term of one holder, needed to renew or release the lease. */
export interface LeaseTerm {
  name: string;
  holder: string;
  epoch: number;
}

/**
 * Takes a lease that is free, has expired, or is the holder's own from before a restart. Each time its
 * epoch grows by one. Undefined when another holder has it.
 *
 * The lease ends `ttlSeconds` after the server began this statement, so never earlier than `ttlSeconds`
 * after the request was sent: a holder that measures from there stops in time, whatever its clock says.
 */
export async function takeLease(
  db: Database,
  name: string,
  holder: string,
  ttlSeconds: number,
): Promise<LeaseTerm | undefined> {
  const { rows } = await db.query<LeaseTerm>(
    `insert into leases as held (name, holder, epoch, expires_at)
     values ($1, $2, 1, now() + make_interval(secs => $3))
     on conflict (name) do update
     set holder = excluded.holder, epoch = held.epoch + 1, expires_at = excluded.expires_at
     where held.expires_at <= now() or held.holder = excluded.holder
     returning name, holder, epoch`,
    [name, holder, ttlSeconds],
  );
  return rows[0];
}

/**
 * False when the term is over, also when it has expired and nobody has taken the lease yet: a late
 * request must not renew it for a holder that has stopped.
 */
export async function renewLease(
  db: Database,
  term: LeaseTerm,
  ttlSeconds: number,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `update leases set expires_at = now() + make_interval(secs => $4)
     where name = $1 and holder = $2 and epoch = $3 and expires_at > now()`,
    [term.name, term.holder, term.epoch, ttlSeconds],
  );
  return rowCount === 1;
}

/** Ends a term early, so that others need not wait. Does nothing when it is over. */
export async function releaseLease(db: Database, term: LeaseTerm): Promise<void> {
  await db.query(
    `update leases set expires_at = '-infinity' where name = $1 and holder = $2 and epoch = $3`,
    [term.name, term.holder, term.epoch],
  );
}
