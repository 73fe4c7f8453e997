import { hostname } from "node:os";
import { z } from "zod";
import {
  mediaLimits,
  absoluteMaxPixels,
  type MediaLimits,
} from "@transpod/contract/media-limits.ts";
import {
  awsEnvironment,
  integer,
  logLevel,
  maxUploadBytes,
  otlpEndpoint,
  port,
  readEnvironment,
  webhookAllowPrivate,
} from "@transpod/runtime/environment.ts";

/** 0 is for ever. */
const retentionDays = integer({ min: 0, max: 36_500 });
/**
 * A presigned URL is valid for 7 days at most, and SQS keeps a message for 14: after both, no event of a deleted file
 * can come any more.
 */
const minRecordDays = 30;

const settings = z.object({
  MAX_RUNNING_JOBS: integer({ min: 1 }).default(10),
  CHUNK_SECONDS: integer({ min: 1 }).default(30),
  MAX_WORKERS_PER_VIDEO: integer({ min: 1, max: 100 }).default(4),
  MAX_ATTEMPTS: integer({ min: 1 }).default(3),
  MAX_UPLOAD_BYTES: maxUploadBytes,
  JOB_DEADLINE_SECONDS: integer({ min: 60 }).default(6 * 3600),
  START_SECONDS: integer({ min: 1 }).default(600),
  HEARTBEAT_SECONDS: integer({ min: 1 }).default(10),
  SWEEP_SECONDS: integer({ min: 1 }).default(30),
  UPLOAD_EVENT_GRACE_SECONDS: integer({ min: 1 }).default(60),
  AUDIT_LOG_RETENTION_DAYS: retentionDays.default(365),
  DELIVERY_RETENTION_DAYS: retentionDays.default(30),
  ORIGINAL_RETENTION_DAYS: retentionDays.default(0),
  RESULT_RETENTION_DAYS: retentionDays.default(0),
  RECORD_RETENTION_DAYS: retentionDays
    .refine((days) => days === 0 || days >= minRecordDays, {
      error: `Give at least ${minRecordDays}, or 0 to keep them for ever.`,
    })
    .default(90),
  MAX_PIXELS: integer({ min: 1, max: absoluteMaxPixels }).optional(),
  MAX_DURATION_SECONDS: integer({ min: 1 }).optional(),
  MAX_TRACKS: integer({ min: 1 }).optional(),
  WEBHOOK_ALLOW_PRIVATE: webhookAllowPrivate,
});

const config = awsEnvironment.extend({
  ...settings.shape,
  PORT: port.default(9090),
  WORK_PORT: port.default(8080),
  DATABASE_URL: z.url(),
  LEADER_ELECTION: z.enum(["on", "off"]).default("on"),
  POD_NAME: z.string().default(hostname()),
  POD_NAMESPACE: z.string(),
  JOB_SETTINGS_FILE: z.string(),
  OTEL_EXPORTER_OTLP_ENDPOINT: otlpEndpoint,
  LOG_LEVEL: logLevel,
});

/** Settings of the controller. Times are in seconds. */
export interface ControllerSettings {
  /** How many workers may run at the same time, for all videos. */
  maxRunningJobs: number;
  /** A chunk of a video that several workers encode is at least so long. */
  chunkSeconds: number;
  /** How many of them may encode one video, each a chunk of it. */
  maxWorkersPerVideo: number;
  /** A video that was given workers gets no others for so long: they may be unable to start. */
  growthPauseSeconds: number;
  /** Failures that count before a file fails. */
  maxAttempts: number;
  /** How many times the platform may remove a worker before a file fails. */
  maxDisruptions: number;
  /** Memory is doubled after each attempt that ran out of it, up to this factor. */
  maxMemoryScale: number;
  maxUploadBytes: number;
  /** Limits beyond which a worker refuses a file. */
  limits: MediaLimits;
  jobDeadlineSeconds: number;
  heartbeatSeconds: number;
  /** A worker that sends no report for longer has stalled. */
  silenceSeconds: number;
  /** A Job without a worker for longer will never have one. */
  startSeconds: number;
  /** How long a Job may take to end after its attempt has ended, or to start workers that it was told to. */
  lingerSeconds: number;
  retryDelaySeconds: { initial: number; max: number };
  sweepSeconds: number;
  uploadEventGraceSeconds: number;
  /**
   * A multipart upload that is in no row is aborted when it is older than this. Also the time between two
   * listings of the buckets.
   */
  unknownUploadSeconds: number;
  /** How long to keep an entry of the audit log; 0: for ever. */
  auditLogRetentionDays: number;
  /** How long a delivery of a webhook is kept after its end; 0: for ever. */
  deliveryRetentionDays: number;
  /** How long originals and results are kept after the file's end, in days; 0: for ever. */
  originalRetentionDays: number;
  resultRetentionDays: number;
  /** How long records are kept that nobody can ask for any more, in days; 0: for ever. */
  recordRetentionDays: number;
  /** How long a received message is hidden: recording it takes milliseconds. */
  queueVisibilitySeconds: number;
  /** Life of a worker's URLs: longer than the longest download, and than the upload of a part. */
  workUrlSeconds: number;
  /** How long the leader's lease lasts when nobody renews it. */
  leaseSeconds: number;
  /** Whether webhooks may have private addresses. */
  webhookAllowPrivate: boolean;
}

export interface ControllerConfig {
  /** Of /healthz, /readyz and /metrics. */
  port: number;
  workPort: number;
  databaseUrl: string;
  region: string;
  /** This and the next one are undefined on AWS. */
  s3Endpoint: string | undefined;
  sqsEndpoint: string | undefined;
  queueUrl: string;
  rawBucket: string;
  processedBucket: string;
  /** The name of this candidate for leadership; undefined when every controller leads. */
  candidate: string | undefined;
  /** Where Jobs are created. */
  namespace: string;
  /** How Jobs are made: controller/kubernetes/job-settings.ts. */
  jobSettingsFile: string;
  settings: Readonly<ControllerSettings>;
  /** Undefined: no traces are sent. */
  otlpEndpoint: string | undefined;
  logLevel: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The configuration of a controller that is a separate process. Throws a ConfigError that names every
 * fault.
 */
export function readControllerConfig(environment: Environment): Readonly<ControllerConfig> {
  const env = readEnvironment(config, environment);
  return Object.freeze({
    port: env.PORT,
    workPort: env.WORK_PORT,
    databaseUrl: env.DATABASE_URL,
    region: env.AWS_REGION,
    s3Endpoint: env.S3_ENDPOINT,
    sqsEndpoint: env.SQS_ENDPOINT,
    queueUrl: env.SQS_QUEUE_URL,
    rawBucket: env.S3_RAW_BUCKET,
    processedBucket: env.S3_PROCESSED_BUCKET,
    candidate: env.LEADER_ELECTION === "on" ? env.POD_NAME : undefined,
    namespace: env.POD_NAMESPACE,
    jobSettingsFile: env.JOB_SETTINGS_FILE,
    settings: toSettings(env),
    otlpEndpoint: env.OTEL_EXPORTER_OTLP_ENDPOINT,
    logLevel: env.LOG_LEVEL,
  });
}

/** For embedded mode, which sets the rest. Throws a ConfigError that names every fault. */
export function readControllerSettings(environment: Environment): Readonly<ControllerSettings> {
  return toSettings(readEnvironment(settings, environment));
}

function toSettings(env: z.infer<typeof settings>): Readonly<ControllerSettings> {
  return Object.freeze({
    maxRunningJobs: env.MAX_RUNNING_JOBS,
    chunkSeconds: env.CHUNK_SECONDS,
    maxWorkersPerVideo: env.MAX_WORKERS_PER_VIDEO,
    growthPauseSeconds: 30,
    maxAttempts: env.MAX_ATTEMPTS,
    maxDisruptions: 20,
    maxMemoryScale: 4,
    maxUploadBytes: env.MAX_UPLOAD_BYTES,
    limits: mediaLimits.parse({
      max_pixels: env.MAX_PIXELS,
      max_duration_seconds: env.MAX_DURATION_SECONDS,
      max_tracks: env.MAX_TRACKS,
    }),
    jobDeadlineSeconds: env.JOB_DEADLINE_SECONDS,
    heartbeatSeconds: env.HEARTBEAT_SECONDS,
    silenceSeconds: 6 * env.HEARTBEAT_SECONDS,
    startSeconds: env.START_SECONDS,
    lingerSeconds: 60,
    retryDelaySeconds: { initial: 10, max: 300 },
    sweepSeconds: env.SWEEP_SECONDS,
    uploadEventGraceSeconds: env.UPLOAD_EVENT_GRACE_SECONDS,
    // Much longer than the time between S3's answer and the commit of the row, even if a clock is wrong.
    unknownUploadSeconds: 3600,
    auditLogRetentionDays: env.AUDIT_LOG_RETENTION_DAYS,
    deliveryRetentionDays: env.DELIVERY_RETENTION_DAYS,
    originalRetentionDays: env.ORIGINAL_RETENTION_DAYS,
    resultRetentionDays: env.RESULT_RETENTION_DAYS,
    recordRetentionDays: env.RECORD_RETENTION_DAYS,
    queueVisibilitySeconds: 30,
    workUrlSeconds: 3600,
    leaseSeconds: 15,
    webhookAllowPrivate: env.WEBHOOK_ALLOW_PRIVATE === "on",
  });
}
