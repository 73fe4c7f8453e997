import type { AttemptRef } from "./job-identity.ts";

/** What the controller asks for when it launches an attempt. */
export interface JobSpec extends AttemptRef {
  name: string;
  sourceSizeBytes: number;
  /** Doubled after each attempt that ran out of memory; 1 at first. */
  memoryScale: number;
  /** The platform ends the Job after this many seconds. */
  deadlineSeconds: number;
}

/**
 * - `waiting`: created, but its worker does not run yet; `why` says what it waits for, if known.
 * - `succeeded`: the worker ended with exit code 0.
 * - `failed`: the worker ended otherwise. `exitCode` is null when the platform ended it.
 */
export interface JobStatus extends AttemptRef {
  name: string;
  phase: "waiting" | "running" | "succeeded" | "failed";
  exitCode: number | null;
  /** The platform removed the worker (eviction, preemption, shutdown): not the file's fault. */
  disrupted: boolean;
  why: string | null;
  endedAt: Date | null;
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
  /** Ends the worker and forgets the Job; resolves also when there is none. */
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
