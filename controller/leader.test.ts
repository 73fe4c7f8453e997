import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createLogger } from "@transpod/runtime/logger.ts";
import { createRegistry } from "@transpod/runtime/metrics.ts";
import type { Service } from "@transpod/runtime/process.ts";
import { inTransaction } from "@transpod/store/database.ts";
import { freshDatabase, type TestDatabase } from "@transpod/test/harness.ts";
import { campaign } from "./leader.ts";
import { createMetrics } from "./metrics.ts";

const patience = { timeout: 20_000, interval: 20 };

let db: TestDatabase;
let candidates: Service[];
beforeEach(async () => {
  db = await freshDatabase();
  candidates = [];
});
afterEach(async () => {
  await Promise.all(candidates.map((candidate) => candidate.stop()));
  await db.drop();
});

/** Keeps count of who leads. */
class Office {
  readonly leading = new Set<string>();
  most = 0;

  lead(holder: string): Service {
    this.leading.add(holder);
    this.most = Math.max(this.most, this.leading.size);
    return {
      stop: async () => {
        this.leading.delete(holder);
      },
    };
  }
}

function stand(office: Office, holder: string, ttlSeconds = 15): Service {
  const candidate = campaign({
    databaseUrl: db.url,
    holder,
    ttlSeconds,
    lead: () => office.lead(holder),
    metrics: createMetrics(createRegistry(), db.pool),
    log: createLogger({ service: "controller", level: "silent" }),
  });
  candidates.push(candidate);
  return candidate;
}

async function readLease(): Promise<{ holder: string; epoch: number }> {
  const { rows } = await db.pool.query<{ holder: string; epoch: number }>(
    "select holder, epoch from leases",
  );
  return rows[0]!;
}

test("one candidate leads at a time; when it stops, the next one does at once", async () => {
  const office = new Office();
  const waiting = new Map(["a", "b", "c", "d"].map((name) => [name, stand(office, name)]));
  for (let epoch = 1; epoch <= 4; epoch += 1) {
    await vi.waitUntil(() => office.leading.size === 1, patience);
    const [leader] = office.leading;
    expect(await readLease()).toEqual({ holder: leader, epoch });
    await waiting.get(leader!)!.stop();
  }
  expect(office.leading.size).toBe(0);
  expect(office.most).toBe(1);
});

test("who comes back under its name leads at once, without waiting for its old lease", async () => {
  await db.pool.query("insert into leases values ('leader', 'a', 7, 'infinity')");
  const office = new Office();
  stand(office, "a");
  await vi.waitUntil(() => office.leading.has("a"), patience);
  expect(await readLease()).toEqual({ holder: "a", epoch: 8 });
});

test("a leader whose lease was taken stops, and leads again when that one has expired", async () => {
  const office = new Office();
  stand(office, "a", 3);
  await vi.waitUntil(() => office.leading.has("a"), patience);
  await db.pool.query(
    "update leases set holder = 'b', epoch = 2, expires_at = now() + interval '4 s'",
  );
  await vi.waitUntil(() => !office.leading.has("a"), patience);
  await vi.waitUntil(() => office.leading.has("a"), patience);
  expect((await readLease()).epoch).toBeGreaterThan(2);
});

test("a leader that gets no answer stops before its lease ends", async () => {
  const office = new Office();
  stand(office, "a", 3);
  await vi.waitUntil(() => office.leading.has("a"), patience);
  const heldStill = await inTransaction(db.pool, async (client) => {
    await client.query("lock table leases in access exclusive mode");
    await vi.waitUntil(() => !office.leading.has("a"), patience);
    const { rows } = await client.query<{ held: boolean }>(
      "select expires_at > clock_timestamp() as held from leases",
    );
    return rows[0]?.held;
  });
  expect(heldStill).toBe(true);
  await vi.waitUntil(() => office.leading.has("a"), patience);
});

test("a leader renews its lease for as long as it leads", async () => {
  const office = new Office();
  stand(office, "a", 6);
  stand(office, "b", 6);
  await vi.waitUntil(() => office.leading.size === 1, patience);
  const { holder, epoch } = await readLease();
  const prolonged = async () => {
    const { rows } = await db.pool.query<{ at: Date }>("select expires_at as at from leases");
    return rows[0]!.at.getTime();
  };
  const first = await prolonged();
  await vi.waitUntil(async () => (await prolonged()) > first, patience);
  expect(await readLease()).toEqual({ holder, epoch });
  expect([...office.leading]).toEqual([holder]);
});
