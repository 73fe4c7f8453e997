import { afterEach, beforeEach, expect, test } from "vitest";
import { freshDatabase, type TestDatabase } from "@transpod/test/harness.ts";
import { releaseLease, renewLease, takeLease, type LeaseTerm } from "./leases.ts";

let db: TestDatabase;
beforeEach(async () => {
  db = await freshDatabase();
});
afterEach(() => db.drop());

const take = (holder: string) => takeLease(db.pool, "leader", holder, 15);
const expire = () => db.pool.query("update leases set expires_at = now()");

async function taken(holder: string): Promise<LeaseTerm> {
  const term = await take(holder);
  if (term === undefined) throw new Error(`${holder} did not get the lease`);
  return term;
}

async function remainingSeconds(): Promise<number> {
  const { rows } = await db.pool.query<{ seconds: number }>(
    "select extract(epoch from expires_at - now())::float8 as seconds from leases",
  );
  return rows[0]!.seconds;
}

test("of many who take a free lease at once, exactly one gets it", async () => {
  const terms = await Promise.all(Array.from({ length: 20 }, (_, n) => take(`holder-${n}`)));
  const [winner, ...others] = terms.filter((term) => term !== undefined);
  expect(winner).toMatchObject({ name: "leader", epoch: 1 });
  expect(others).toEqual([]);
});

test("of many who take an expired lease at once, exactly one gets it, with the next epoch", async () => {
  await taken("first");
  for (let epoch = 2; epoch < 7; epoch += 1) {
    await expire();
    const terms = await Promise.all(Array.from({ length: 20 }, (_, n) => take(`${epoch}-${n}`)));
    expect(terms.filter((term) => term !== undefined)).toMatchObject([{ epoch }]);
  }
});

test("a lease that is held is not given away, and renewing prolongs it", async () => {
  const term = await taken("first");
  await db.pool.query("update leases set expires_at = now() + interval '5 s'");
  expect(await take("second")).toBeUndefined();
  expect(await renewLease(db.pool, term, 15)).toBe(true);
  expect(await remainingSeconds()).toBeGreaterThan(10);
});

test("a holder that comes back takes its own lease at once; its old term is over", async () => {
  const before = await taken("first");
  const after = await taken("first");
  expect(after.epoch).toBe(before.epoch + 1);
  expect(await renewLease(db.pool, before, 15)).toBe(false);
  expect(await renewLease(db.pool, after, 15)).toBe(true);
});

test("who has lost a lease can neither renew nor release it", async () => {
  const lost = await taken("first");
  await expire();
  expect(await renewLease(db.pool, lost, 15)).toBe(false);
  const held = await taken("second");
  expect(await renewLease(db.pool, lost, 15)).toBe(false);
  await releaseLease(db.pool, lost);
  expect(await take("third")).toBeUndefined();
  expect(await renewLease(db.pool, held, 15)).toBe(true);
});

test("a released lease is free at once, and its epoch goes on", async () => {
  await releaseLease(db.pool, await taken("first"));
  expect((await taken("second")).epoch).toBe(2);
});

test("leases of different names have nothing to do with each other", async () => {
  await taken("first");
  expect(await takeLease(db.pool, "another", "second", 15)).toMatchObject({ epoch: 1 });
});
