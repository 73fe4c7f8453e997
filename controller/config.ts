import { z } from "zod";
import {
  awsEnvironment,
  integer,
  logLevel,
  port,
  readEnvironment,
} from "@transpod/runtime/environment.ts";

const schema = awsEnvironment.extend({
  DATABASE_URL: z.url(),
  /** Workers speak to this port; it is never public. */
  WORK_PORT: port.default(8080),
  METRICS_PORT: port.default(9090),
  LOG_LEVEL: logLevel,
  MAX_RUNNING_JOBS: integer({ min: 1 }).default(10),
  MAX_ATTEMPTS: integer({ min: 1 }).default(3),
  MAX_UPLOAD_BYTES: integer({ min: 1 }).default(5 * 1024 ** 3),
  JOB_DEADLINE_SECONDS: integer({ min: 60 }).default(6 * 3600),
  HEARTBEAT_SECONDS: integer({ min: 1 }).default(10),
  SWEEP_SECONDS: integer({ min: 1 }).default(30),
  UPLOAD_EVENT_GRACE_SECONDS: integer({ min: 1 }).default(60),
});

export type ControllerEnvironment = Readonly<z.infer<typeof schema>>;

export function readControllerEnvironment(environment: NodeJS.ProcessEnv): ControllerEnvironment {
  return readEnvironment(schema, environment);
}

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

export function toSettings(environment: ControllerEnvironment): ControllerSettings {
  return Object.freeze({
    maxRunningJobs: environment.MAX_RUNNING_JOBS,
    maxAttempts: environment.MAX_ATTEMPTS,
    maxDisruptions: 20,
    maxMemoryScale: 4,
    maxUploadBytes: environment.MAX_UPLOAD_BYTES,
    jobDeadlineSeconds: environment.JOB_DEADLINE_SECONDS,
    heartbeatSeconds: environment.HEARTBEAT_SECONDS,
    silenceSeconds: 6 * environment.HEARTBEAT_SECONDS,
    startSeconds: 600,
    lingerSeconds: 60,
    retryDelaySeconds: { first: 10, most: 300 },
    sweepSeconds: environment.SWEEP_SECONDS,
    uploadEventGraceSeconds: environment.UPLOAD_EVENT_GRACE_SECONDS,
    queueVisibilitySeconds: 30,
    workUrlSeconds: 3600,
  });
}
