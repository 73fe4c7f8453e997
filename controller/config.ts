import { z } from "zod";
import { integer, readEnvironment } from "@transpod/runtime/environment.ts";

const schema = z.object({
  MAX_RUNNING_JOBS: integer({ min: 1 }).default(10),
  MAX_ATTEMPTS: integer({ min: 1 }).default(3),
  MAX_UPLOAD_BYTES: integer({ min: 1 }).default(5 * 1024 ** 3),
  JOB_DEADLINE_SECONDS: integer({ min: 60 }).default(6 * 3600),
  HEARTBEAT_SECONDS: integer({ min: 1 }).default(10),
  SWEEP_SECONDS: integer({ min: 1 }).default(30),
  UPLOAD_EVENT_GRACE_SECONDS: integer({ min: 1 }).default(60),
});

/** What the controller's parts decide by. Times are in seconds. */
export interface ControllerSettings {
  maxRunningJobs: number;
  /** Failures that count before a file fails. */
  maxAttempts: number;
  /** Times that the platform may take a worker away before a file fails. */
  maxDisruptions: number;
  /** Memory is doubled after each attempt that ran out of it, up to this factor. */
  maxMemoryScale: number;
  maxUploadBytes: number;
  jobDeadlineSeconds: number;
  heartbeatSeconds: number;
  /** A worker that says nothing for longer has stalled. */
  silenceSeconds: number;
  /** A Job without a worker for longer will never have one. */
  startSeconds: number;
  /** How long a Job may take to end after its attempt has ended. */
  lingerSeconds: number;
  retryDelaySeconds: { first: number; most: number };
  sweepSeconds: number;
  uploadEventGraceSeconds: number;
  /** How long a received message is hidden: recording it takes milliseconds. */
  queueVisibilitySeconds: number;
  /** What a worker gets: it must outlive the longest download or upload of one part. */
  workUrlSeconds: number;
}

/** Throws a ConfigError that names every fault. */
export function readControllerSettings(
  environment: Readonly<Record<string, string | undefined>>,
): Readonly<ControllerSettings> {
  const env = readEnvironment(schema, environment);
  return Object.freeze({
    maxRunningJobs: env.MAX_RUNNING_JOBS,
    maxAttempts: env.MAX_ATTEMPTS,
    maxDisruptions: 20,
    maxMemoryScale: 4,
    maxUploadBytes: env.MAX_UPLOAD_BYTES,
    jobDeadlineSeconds: env.JOB_DEADLINE_SECONDS,
    heartbeatSeconds: env.HEARTBEAT_SECONDS,
    silenceSeconds: 6 * env.HEARTBEAT_SECONDS,
    startSeconds: 600,
    lingerSeconds: 60,
    retryDelaySeconds: { first: 10, most: 300 },
    sweepSeconds: env.SWEEP_SECONDS,
    uploadEventGraceSeconds: env.UPLOAD_EVENT_GRACE_SECONDS,
    queueVisibilitySeconds: 30,
    workUrlSeconds: 3600,
  });
}
