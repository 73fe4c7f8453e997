import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createLogger } from "@transpod/runtime/logger.ts";
import { createRegistry } from "@transpod/runtime/metrics.ts";
import type { Service } from "@transpod/runtime/process.ts";
import { inTransaction } from "@transpod/store/database.ts";
import { freshDatabase, type TestDatabase } from "@transpod/test/harness.ts";
import { campaign } from "./leader.ts";
import { createMetrics } from "./metrics.ts";

const waitOptions = { timeout: 20_000, interval: 20 };

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

/** Records which candidates lead. */
class LeaderRecord {
  readonly leading = new Set<string>();
  mostAtOnce = 0;

  lead(holder: string): Service {
    this.leading.add(holder);
    this.mostAtOnce = Math.max(this.mostAtOnce, this.leading.size);
    return {
      stop: async () => {
        this.leading.delete(holder);
      },
    };
  }
}

function startCandidate(record: LeaderRecord, holder: string, ttlSeconds = 15): Service {
  const candidate = campaign({
    databaseUrl: db.url,
    holder,
    ttlSeconds,
    lead: () => record.lead(holder),
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
  const record = new LeaderRecord();
  const waiting = new Map(["a", "b", "c", "d"].map((name) => [name, startCandidate(record, name)]));
  for (let epoch = 1; epoch <= 4; epoch += 1) {
    await vi.waitUntil(() => record.leading.size === 1, waitOptions);
    const [leader] = record.leading;
    expect(await readLease()).toEqual({ holder: leader, epoch });
    await waiting.get(leader!)!.stop();
  }
  expect(record.leading.size).toBe(0);
  expect(record.mostAtOnce).toBe(1);
});

test("who comes back under its name leads at once, without waiting for its old lease", async () => {
  await db.pool.query("insert into leases values ('leader', 'a', 7, 'infinity')");
  const record = new LeaderRecord();
  startCandidate(record, "a");
  await vi.waitUntil(() => record.leading.has("a"), waitOptions);
  expect(await readLease()).toEqual({ holder: "a", epoch: 8 });
});

test("a leader whose lease was taken stops, and leads again when that one has expired", async () => {
  const record = new LeaderRecord();
  startCandidate(record, "a", 3);
  await vi.waitUntil(() => record.leading.has("a"), waitOptions);
  await db.pool.query(
    "update leases set holder = 'b', epoch = 2, expires_at = now() + interval '4 s'",
  );
  await vi.waitUntil(() => !record.leading.has("a"), waitOptions);
  await vi.waitUntil(() => record.leading.has("a"), waitOptions);
  expect((await readLease()).epoch).toBeGreaterThan(2);
});

test("a leader that gets no answer stops before its lease ends", async () => {
  const record = new LeaderRecord();
  startCandidate(record, "a", 3);
  await vi.waitUntil(() => record.leading.has("a"), waitOptions);
  const heldStill = await inTransaction(db.pool, async (client) => {
    await client.query("lock table leases in access exclusive mode");
    await vi.waitUntil(() => !record.leading.has("a"), waitOptions);
    const { rows } = await client.query<{ held: boolean }>(
      "select expires_at > clock_timestamp() as held from leases",
    );
    return rows[0]?.held;
  });
  expect(heldStill).toBe(true);
  await vi.waitUntil(() => record.leading.has("a"), waitOptions);
});

test("a leader renews its lease for as long as it leads", async () => {
  const record = new LeaderRecord();
  startCandidate(record, "a", 6);
  startCandidate(record, "b", 6);
  await vi.waitUntil(() => record.leading.size === 1, waitOptions);
  const { holder, epoch } = await readLease();
  const prolonged = async () => {
    const { rows } = await db.pool.query<{ at: Date }>("select expires_at as at from leases");
    return rows[0]!.at.getTime();
  };
  const first = await prolonged();
  await vi.waitUntil(async () => (await prolonged()) > first, waitOptions);
  expect(await readLease()).toEqual({ holder, epoch });
  expect([...record.leading]).toEqual([holder]);
});
