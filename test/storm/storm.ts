import { setTimeout as delay } from "node:timers/promises";
import { audit } from "@transpod/cli/audit/audit.ts";
import type { Finding } from "@transpod/store/audit-findings.ts";
import { Chaos } from "./chaos.ts";
import { countChunksLeft, cutFigures, type CutFigures } from "./cut-figures.ts";
import { attempts, longestGap, publishedTwice, tally, type Tally } from "./ledger.ts";
import { EventForwarder, type ForwarderFigures } from "./event-forwarder.ts";
import { randomFrom } from "@transpod/api/forecast/random.ts";
import { submitAll, type SubmitAllOptions } from "./submit-all.ts";
import { heartbeatSeconds, startWorld, type World, type WorldOptions } from "./world.ts";

export interface StormOptions extends WorldOptions, SubmitAllOptions {
  killEverySeconds: number;
  /** Files that are not done by then count as lost. */
  deadlineSeconds: number;
}

export interface StormFigures {
  seconds: number;
  submitted: number;
  completed: number;
  failed_by_reason: Record<string, number>;
  lost: number;
  published_twice: number;
  attempts: Record<string, number>;
  cut: CutFigures;
  /** Objects of chunks that the end of their file left behind. */
  chunks_left: number;
  longest_gap_seconds: number;
  peak_memory_bytes: Record<string, number | null>;
  kills: Record<string, number>;
  events: ForwarderFigures;
  /** Processes that ended without being killed. */
  unasked_ends: string[];
  findings: Finding[];
}

/** Transcodes many videos while processes of Transpod are killed. */
export async function storm(
  options: StormOptions,
  onProgress: (line: string) => void,
): Promise<StormFigures> {
  const began = performance.now();
  const random = randomFrom(options.seed);
  await using parts = new AsyncDisposableStack();
  const world = await startWorld(options);
  parts.defer(() => world.stop());
  const measuring = setInterval(() => [world.api, world.controller].map((p) => p.measure()), 500);
  parts.defer(() => clearInterval(measuring));
  const forwarder = new EventForwarder(world.sqs, world.queueUrl, randomFrom(options.seed + 1));
  const chaos = new Chaos(world, { everySeconds: options.killEverySeconds, random });
  const submitted: string[] = [];
  const deadline = AbortSignal.timeout(options.deadlineSeconds * 1_000);
  let submitting = true;
  const all = submitAll(world, options, submitted, deadline).finally(() => (submitting = false));
  await Promise.all([all, watch()]);
  await Promise.all([chaos.stop(), forwarder.stop()]);
  // Waits until work that the last kill interrupted has ended.
  const last = await settled(world, submitted, deadline);
  const findings = await auditWorld(world, options);
  const { api, controller, postgres, jobs } = world;
  for (const part of [api, controller]) part.measure();
  return {
    seconds: Math.round((performance.now() - began) / 1_000),
    submitted: submitted.length,
    completed: last.completed,
    failed_by_reason: last.failedByReason,
    lost: last.open + options.videos - submitted.length,
    published_twice: await publishedTwice(world.pool),
    attempts: await attempts(world.pool),
    cut: await cutFigures(world),
    chunks_left: await countChunksLeft(world),
    longest_gap_seconds: Math.round((await longestGap(world.pool)) * 10) / 10,
    peak_memory_bytes: {
      controller: controller.peakMemory ?? null,
      api: api.peakMemory ?? null,
    },
    kills: {
      ...{ controller: controller.kills, api: api.kills },
      ...{ workers: chaos.workersKilled, postgres: postgres.kills },
    },
    events: forwarder.figures,
    unasked_ends: [api, controller, postgres, jobs].flatMap(({ deaths }) => deaths),
    findings,
  };

  /** Resolves when everything is submitted and done; Postgres may be down in between. */
  async function watch(): Promise<void> {
    while (!deadline.aborted) {
      await delay(1_000);
      const now = await tally(world.pool, submitted).catch(() => undefined);
      if (now === undefined) continue;
      onProgress(progressOf(now, submitted.length, options.videos));
      if (!submitting && now.open === 0) return;
    }
  }
}

function progressOf({ completed, failedByReason, open }: Tally, sent: number, of: number): string {
  const failed = Object.values(failedByReason).reduce((sum, count) => sum + count, 0);
  return `${sent} of ${of} submitted, ${open} under way, ${completed} completed, ${failed} failed`;
}

/** Waits for the rest: the outbox, other files, leftovers of failed attempts. */
async function settled({ pool }: World, submitted: string[], signal: AbortSignal): Promise<Tally> {
  for (;;) {
    const { rows } = await pool
      .query<{ open: number }>(
        `select (select count(*) from outbox)
           + (select count(*) from cuts where removed_at is null)
           + (select count(*) from transactions
              where upload_id is not null and outcome in ('failed', 'cancelled'))
           + (select count(*) from files where state in ('uploaded', 'pending', 'processing')) as open`,
      )
      .catch(() => ({ rows: [] }));
    if (rows[0]?.open === 0 || signal.aborted) return await tally(pool, submitted);
    await delay(500);
  }
}

async function auditWorld(
  { pool, s3, rawBucket: raw, processedBucket: processed }: World,
  { maxRunningJobs, workers }: StormOptions,
): Promise<Finding[]> {
  const limits = {
    ...{ maxRunningJobs, silenceSeconds: 6 * heartbeatSeconds[workers], startSeconds: 600 },
    settleSeconds: 0,
  };
  return await audit({ pool, buckets: { s3, raw, processed }, jobs: undefined, limits });
}
