import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import type { ClaimResponse, MediaSummary } from "@transpod/contract/work-protocol.ts";
import type { Logger } from "pino";
import type { Config } from "../config.ts";
import type { WorkClient } from "../work/work-client.ts";
import { endingOf, type Ending } from "./ending.ts";
import { PhaseClock } from "./phase-clock.ts";
import { ProgressReporter } from "./progress-reporter.ts";
import { transcode } from "./transcode.ts";

/** The platform waits only a short time for a worker that it stops. */
const reportTimeoutMs = 3_000;

export interface AttemptDeps {
  config: Config;
  work: WorkClient;
  log: Logger;
  /** Aborted when the platform stops the worker. */
  stop: AbortSignal;
}

/** Claims an attempt and runs it to its end. Resolves with the exit code; never rejects. */
export async function runAttempt(deps: AttemptDeps): Promise<number> {
  const { config, work, stop } = deps;
  let claim: ClaimResponse;
  try {
    claim = await work.claim({ worker: config.worker }, stop);
  } catch (error) {
    const ending = endingOf(stop.aborted ? stop.reason : error);
    deps.log.error({ event: "claim_failed", exit: ending.exit, why: String(error) });
    return ending.exit;
  }
  const { file_id, attempt, lease } = claim;
  const log = deps.log.child({ file_id, attempt, lease });
  log.info({ event: "claimed", file_name: claim.file_name, size_bytes: claim.source.size_bytes });
  return runClaimed({ ...deps, log }, claim);
}

async function runClaimed(deps: AttemptDeps, claim: ClaimResponse): Promise<number> {
  const { config, work, log, stop } = deps;
  const fenced = new AbortController();
  const finished = new AbortController();
  const signal = AbortSignal.any([stop, fenced.signal]);
  const { lease } = claim;
  const reporter = new ProgressReporter({
    send: (progress) => work.progress({ lease, ...progress }, finished.signal),
    heartbeatSeconds: claim.heartbeat_seconds,
    onFenced: (error) => fenced.abort(error),
    log,
  });
  const clock = new PhaseClock((phase) => {
    log.info({ event: "phase", phase });
    reporter.update({ phase, percent: 0 });
  });
  const heartbeat = reporter.run(finished.signal);
  let original: MediaSummary | undefined;
  let folder: string | undefined;

  try {
    folder = await mkdtemp(join(config.scratchDir, "transpod-"));
    const result = await transcode({
      config,
      work,
      claim,
      folder,
      clock,
      log,
      signal,
      report: (progress) => reporter.update(progress),
      onProbed: (summary) => (original = summary),
    });
    // Not with `signal`: a heartbeat may be refused because this very call has ended the attempt. Its
    // own answer counts.
    await work.complete(result, stop);
    log.info({ event: "completed", size_bytes: result.size_bytes, phase_times: clock.times });
    return 0;
  } catch (error) {
    // An abort causes many kinds of errors; its reason is the cause.
    const cause = signal.aborted ? signal.reason : error;
    const ending = endingOf(cause);
    log.error({ event: "failed", exit: ending.exit, ...ending.report, ...stackOf(cause, ending) });
    await reportEnding(deps, ending, { lease, original, phase_times: clock.times });
    return ending.exit;
  } finally {
    finished.abort();
    await heartbeat;
    if (folder !== undefined) await removeFolder(folder, log);
  }
}

interface FailureReport {
  lease: number;
  original: MediaSummary | undefined;
  phase_times: PhaseClock["times"];
}

/** The exit code says the same with less detail, so a failure of this report is only logged. */
async function reportEnding(
  { work, log, stop }: AttemptDeps,
  { report }: Ending,
  { original, ...rest }: FailureReport,
): Promise<void> {
  if (report === null) return;
  const signal = stop.aborted ? AbortSignal.timeout(reportTimeoutMs) : stop;
  const request = { ...rest, ...report, ...(original === undefined ? {} : { original }) };
  try {
    await work.fail(request, signal);
  } catch (error) {
    log.warn({ event: "fail_not_delivered", why: String(error) });
  }
}

async function removeFolder(folder: string, log: Logger): Promise<void> {
  try {
    await rm(folder, { recursive: true, force: true });
  } catch (error) {
    log.warn({ event: "scratch_not_removed", why: String(error) });
  }
}

/** Only a bug needs a stack. */
function stackOf(error: unknown, { report }: Ending): { stack?: string } {
  if (report?.code !== "internal_error" || !(error instanceof Error)) return {};
  return error.stack === undefined ? {} : { stack: error.stack };
}
