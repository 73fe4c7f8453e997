import type { AttemptRef } from "./job-identity.ts";

/** What the controller asks for when it launches an attempt. */
export interface JobSpec extends AttemptRef {
  name: string;
  sourceSizeBytes: number;
  /** Doubled after each attempt that ran out of memory; 1 at first. */
  memoryScale: number;
  /** The platform ends the Job after this many seconds. */
  deadlineSeconds: number;
  /** How many workers the Job may start in its life. With more than 1 it is *elastic*: see `setWorkers`. */
  maxWorkers: number;
}

/**
 * - `waiting`: created, but no worker runs yet; `why` says what it waits for, if known.
 * - `running`: at least one worker runs.
 * - `succeeded`: all workers ended with exit code 0.
 * - `failed`: all workers ended, and not all with 0. `exitCode` is that of the last one that failed; null when the
 *   platform ended it.
 */
export interface JobStatus extends AttemptRef {
  name: string;
  phase: "waiting" | "running" | "succeeded" | "failed";
  exitCode: number | null;
  /** The platform removed the worker (eviction, preemption, shutdown): not the file's fault. */
  disrupted: boolean;
  why: string | null;
  endedAt: Date | null;
  /** The last lines of the worker that failed (worker-log.ts), for one that could not report them; absent when unknown. */
  workerLog?: string;
  /**
   * Counted over the Job's life. The platform may replace the process of a worker that it removed: that is the same
   * worker, which has not ended.
   */
  workers: { started: number; ended: number };
}

/** A line in the Job's own record, for people: `kubectl describe job` shows it. */
export interface JobEvent {
  type: "Normal" | "Warning";
  /** In CamelCase, as in Kubernetes. */
  reason: string;
  /** A sentence. */
  message: string;
}

/**
 * Where Jobs run: Kubernetes, or child processes on one machine. Creating is idempotent by name;
 * `exists` is answered only after checking that the Job is ours.
 */
export interface JobPort {
  create(spec: JobSpec): Promise<"created" | "exists" | "name_taken">;
  /** Undefined when there is no such Job, or it is not ours. */
  get(name: string): Promise<JobStatus | undefined>;
  list(): Promise<JobStatus[]>;
  /**
   * Has the Job start workers until it has started so many in its life; never fewer. Resolves also when there is no
   * such Job, when it has ended, and when it cannot grow: `workers` in its status says how many it started.
   */
  setWorkers(name: string, started: number): Promise<void>;
  /** Ends the workers and forgets the Job; resolves also when there is none. */
  remove(name: string): Promise<void>;
  /** Best effort: resolves also when there is no such Job, or nowhere to record it. */
  recordEvent(name: string, event: JobEvent): Promise<void>;
  /** The listener is called when something about a Job changed: perhaps late, twice or not at all. */
  onChange(listener: (ref: AttemptRef) => void): void;
}

/** Authenticates requests on the work port: finds the attempt that a work token was made for. */
export interface WorkAuthenticator {
  authenticate(token: string): Promise<AttemptRef | undefined>;
}
