import { Counter, Gauge, Histogram, type Registry } from "@prometheus-io/client";
import { failureCodes } from "@transpod/contract/failures.ts";
import { fileStates } from "@transpod/contract/states.ts";
import { phases, type CompleteRequest, type PhaseTimes } from "@transpod/contract/work-protocol.ts";
import { countByState, longestWait } from "@transpod/store/launches.ts";
import type { Database } from "@transpod/store/database.ts";
import { deliveryResults } from "./webhooks/judge-answer.ts";

export type ControllerMetrics = ReturnType<typeof createMetrics>;

const waitBuckets = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800];
const workBuckets = [1, 5, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21_600];

export function createMetrics(registry: Registry, db: Database) {
  const registers = [registry];
  const counter = <T extends string>(name: string, help: string, labelNames: T[] = []) =>
    new Counter({ name, help, labelNames, registers });
  const gauge = (name: string, help: string) => new Gauge({ name, help, registers });
  const histogram = (name: string, help: string, buckets: number[]) =>
    new Histogram({ name, help, buckets, registers });

  const metrics = {
    files: new Gauge({
      name: "transpod_files",
      help: "Files by state; `processing` is what runs now.",
      labelNames: ["state"],
      registers,
      async collect() {
        this.reset();
        // The other metrics are needed most when the database can't be reached.
        const counts = await countByState(db).catch(() => undefined);
        if (counts === undefined) return;
        for (const state of fileStates) this.set({ state }, counts[state] ?? 0);
      },
    }),
    queueAge: new Gauge({
      name: "transpod_queue_age_seconds",
      help: "Seconds that the file waits which waits longest for a slot; 0 when none waits.",
      registers,
      async collect() {
        this.remove();
        const seconds = await longestWait(db).catch(() => undefined);
        if (seconds !== undefined) this.set(seconds);
      },
    }),
    leading: gauge("transpod_leading", "1 while this controller leads, else 0."),
    leaderEpoch: gauge(
      "transpod_leader_epoch",
      "Epoch of the last term in which this controller led.",
    ),
    received: counter("transpod_messages_received_total", "Queue messages received."),
    unparseable: counter(
      "transpod_records_unparseable_total",
      "Records that can't be read; a message without any other goes to the dead-letter queue.",
    ),
    testEvents: counter("transpod_messages_test_total", "s3:TestEvent messages."),
    arrivals: counter(
      "transpod_arrivals_total",
      "Object versions named by events: accepted, duplicate, superseded, deleted, foreign.",
      ["disposition"],
    ),
    launched: counter("transpod_jobs_launched_total", "Jobs created."),
    refused: counter("transpod_jobs_refused_total", "Failed tries to create a Job."),
    finished: counter(
      "transpod_attempts_finished_total",
      "Attempts that ended, by reason: completed or a failure code.",
      ["reason"],
    ),
    objectsDeleted: counter(
      "transpod_objects_deleted_total",
      "Object versions deleted because their file was deleted.",
    ),
    unknownUploadsAborted: counter(
      "transpod_unknown_uploads_aborted_total",
      "Multipart uploads aborted because they were in no row.",
    ),
    deliveries: counter(
      "transpod_webhook_deliveries_total",
      "Tries to send an event to a webhook: delivered, postponed, given_up, gone.",
      ["result"],
    ),
    stale: counter(
      "transpod_decisions_stale_total",
      "Decisions to end an attempt that had already ended or changed.",
    ),
    fenced: counter(
      "transpod_work_fenced_total",
      "Requests of workers that no longer hold the lease.",
      ["operation"],
    ),
    eventToJob: histogram(
      "transpod_event_to_job_seconds",
      "Seconds from S3's event to the creation of the Job, for first attempts.",
      waitBuckets,
    ),
    jobToClaim: histogram(
      "transpod_job_to_claim_seconds",
      "Seconds from the creation of the Job to the first claim by a worker.",
      waitBuckets,
    ),
    phases: new Histogram({
      name: "transpod_phase_seconds",
      help: "Seconds of work that workers reported, by phase: of whole videos, chunks and joins, also when they failed.",
      labelNames: ["phase"],
      buckets: workBuckets,
      registers,
    }),
    mediaSeconds: counter(
      "transpod_media_seconds_total",
      "Seconds of video in files that were completed.",
    ),
    originalBytes: counter(
      "transpod_original_bytes_total",
      "Bytes of the originals of files that were completed.",
    ),
    processedBytes: counter("transpod_processed_bytes_total", "Bytes of their results."),
    endToRow: histogram(
      "transpod_end_to_row_seconds",
      "Seconds from the worker's last request, or the Job's end, to the committed row.",
      waitBuckets,
    ),
  };
  // Prometheus sees no increase for a counter that appears with its first count.
  for (const reason of ["completed", ...failureCodes]) metrics.finished.inc({ reason }, 0);
  for (const disposition of ["accepted", "duplicate", "superseded", "deleted", "foreign"]) {
    metrics.arrivals.inc({ disposition }, 0);
  }
  for (const result of deliveryResults) metrics.deliveries.inc({ result }, 0);
  for (const phase of phases) metrics.phases.zero({ phase });
  return metrics;
}

/** Counts what a task cost its worker, however the task ended. */
export function countWork({ phases: spent }: ControllerMetrics, times: PhaseTimes): void {
  for (const [phase, ms] of Object.entries(times)) spent.observe({ phase }, ms / 1000);
}

/** Counts a video that was completed. */
export function countResult(metrics: ControllerMetrics, result: CompleteRequest): void {
  metrics.finished.inc({ reason: "completed" });
  metrics.mediaSeconds.inc(result.original.duration_seconds);
  metrics.originalBytes.inc(result.original.size_bytes);
  metrics.processedBytes.inc(result.size_bytes);
}
