import { setTimeout as delay } from "node:timers/promises";
import type pg from "pg";
import type { Logger } from "@transpod/runtime/logger.ts";
import type { Service } from "@transpod/runtime/process.ts";
import { createPool } from "@transpod/store/database.ts";
import { releaseLease, renewLease, takeLease, type LeaseTerm } from "@transpod/store/leases.ts";
import type { ControllerMetrics } from "./metrics.ts";

export interface LeadDeps {
  /** Starts what only the leader does. */
  lead: () => Service;
  metrics: ControllerMetrics;
  log: Logger;
}

export interface CampaignDeps extends LeadDeps {
  databaseUrl: string;
  /** The name of this candidate. After a restart, the same name takes its own lease at once. */
  holder: string;
  ttlSeconds: number;
}

/** Leads at once and until stopped, without an election. */
export function leadAlways(deps: LeadDeps): Service {
  return startLeading(deps, 0);
}

/** Takes part in the election until stopped: leads while it holds the leader's lease. */
export function campaign(deps: CampaignDeps): Service {
  const stopping = new AbortController();
  const ended = campaignUntil(stopping.signal, deps);
  return {
    async stop() {
      stopping.abort();
      await ended;
    },
  };
}

async function campaignUntil(stopping: AbortSignal, deps: CampaignDeps): Promise<void> {
  const { log, databaseUrl } = deps;
  const { retryMs, queryTimeoutMs } = timesOf(deps);
  // A separate connection: the lease is renewed in time even when the others are busy.
  const pool = createPool(
    { url: databaseUrl, applicationName: "transpod-leader", maxConnections: 1, queryTimeoutMs },
    (err) => log.warn({ event: "database_connection_lost", err }),
  );
  while (!stopping.aborted) {
    try {
      await serveOneTerm(stopping, pool, deps);
    } catch (err) {
      log.warn({ event: "campaign_failed", err });
    }
    await pause(retryMs, stopping);
  }
  await pool.end();
}

/** Returns at once when another candidate holds the lease, else when the term is over. */
async function serveOneTerm(
  stopping: AbortSignal,
  pool: pg.Pool,
  deps: CampaignDeps,
): Promise<void> {
  const { holder, ttlSeconds, log } = deps;
  const sentAt = performance.now();
  const term = await takeLease(pool, "leader", holder, ttlSeconds);
  if (term === undefined) return;
  const { epoch } = term;
  log.info({ event: "leader_elected", holder, epoch });
  const leading = startLeading(deps, epoch);
  const kept = await keepLease(stopping, pool, term, sentAt, deps);
  if (!kept) log.warn({ event: "leader_lost", holder, epoch });
  await leading.stop();
  // Only now, so that nobody else begins before we have ended. Releasing a lost lease does nothing.
  await releaseLease(pool, term);
  if (kept) log.info({ event: "leader_released", holder, epoch });
}

/**
 * Renews the lease until `stopping`. False when it is lost: another candidate has it, or it might end
 * before we know that it was renewed. Time is measured from when a request was sent, on this process's
 * own monotonic clock.
 */
async function keepLease(
  stopping: AbortSignal,
  pool: pg.Pool,
  term: LeaseTerm,
  takenAt: number,
  deps: CampaignDeps,
): Promise<boolean> {
  const { renewMs, retryMs, giveUpMs } = timesOf(deps);
  let giveUpAt = takenAt + giveUpMs;
  let wait = renewMs;
  for (;;) {
    await pause(Math.min(wait, giveUpAt - performance.now()), stopping);
    if (stopping.aborted) return true;
    const sentAt = performance.now();
    if (sentAt >= giveUpAt) return false;
    try {
      const renewing = renewLease(pool, term, deps.ttlSeconds);
      if (!(await orTimeout(giveUpAt - sentAt, renewing))) return false;
      giveUpAt = sentAt + giveUpMs;
      wait = renewMs;
    } catch (err) {
      deps.log.warn({ event: "lease_not_renewed", err });
      wait = retryMs;
    }
  }
}

/** Fractions of the lease's time. The time left after giving up is for work in progress. */
function timesOf({ ttlSeconds }: CampaignDeps) {
  const ttlMs = ttlSeconds * 1_000;
  return {
    renewMs: ttlMs / 3,
    giveUpMs: (ttlMs * 2) / 3,
    retryMs: ttlMs / 15,
    queryTimeoutMs: ttlMs / 5,
  };
}

function startLeading({ lead, metrics }: LeadDeps, epoch: number): Service {
  metrics.leaderEpoch.set(epoch);
  metrics.leading.set(1);
  const work = lead();
  return {
    async stop() {
      metrics.leading.set(0);
      await work.stop();
    },
  };
}

async function pause(ms: number, stopping: AbortSignal): Promise<void> {
  await delay(Math.max(0, ms), undefined, { signal: stopping }).catch(() => {});
}

/** Rejects when `work` takes longer; its later result is ignored. */
async function orTimeout<T>(ms: number, work: Promise<T>): Promise<T> {
  const done = new AbortController();
  const timeout = delay(ms, undefined, { signal: done.signal }).then(() => {
    throw new Error(`no answer within ${Math.round(ms)} ms`);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    done.abort();
  }
}
