import { availableParallelism } from "node:os";
import { z } from "zod";
import { readApiConfig } from "@transpod/api/config.ts";
import { readControllerSettings } from "@transpod/controller/config.ts";
import {
  ConfigError,
  integer,
  logLevel,
  maxUploadBytes,
  port,
  readEnvironment,
  webhookAllowPrivate,
} from "@transpod/runtime/environment.ts";

const cpus = availableParallelism();

/** x265 uses about four threads well; more videos at once only make each of them slower. */
const defaultRunningJobs = Math.max(1, Math.floor(cpus / 4));

/** The emulator of S3 holds objects in memory, several times over while it receives them. */
const defaultUploadBytes = 1024 ** 3;

const schema = z.object({
  PORT: port.default(8000),
  DATA_DIR: z.string().default(".transpod"),
  MAX_RUNNING_JOBS: integer({ min: 1 }).default(defaultRunningJobs),
  MAX_UPLOAD_BYTES: maxUploadBytes.default(defaultUploadBytes),
  SWEEP_SECONDS: integer({ min: 1 }).default(5),
  UPLOAD_EVENT_GRACE_SECONDS: integer({ min: 1 }).default(10),
  // It listens on this machine alone, for one person.
  AUTH: z.string().default("off"),
  RATE_LIMIT_PER_MINUTE: z.string().default("0"),
  // Private addresses here are the user's own.
  WEBHOOK_ALLOW_PRIVATE: webhookAllowPrivate.default("on"),
  LOG_LEVEL: logLevel,
});

/** Placeholders for the settings of services that embedded mode has not started yet. */
const placeholders = {
  HOST: "127.0.0.1",
  DATABASE_URL: "postgres://127.0.0.1/transpod",
  S3_RAW_BUCKET: "raw",
  S3_PROCESSED_BUCKET: "processed",
  SQS_QUEUE_URL: "http://127.0.0.1/queue",
  S3_ENDPOINT: "",
  S3_PUBLIC_ENDPOINT: "",
  SQS_ENDPOINT: "",
};

type Environment = Readonly<Record<string, string | undefined>>;

export interface EmbeddedConfig {
  dataDir: string;
  cpusPerJob: number;
  logLevel: string;
  /** The environment from which API and controller read their settings. */
  environment: Environment;
}

/**
 * Reads embedded mode's own settings; API and controller have their defaults for everything else.
 * Throws a ConfigError that names every fault in all three.
 */
export function readEmbeddedConfig(environment: Environment): Readonly<EmbeddedConfig> {
  const faults = [
    faultsOf(() => readEnvironment(schema, environment)),
    faultsOf(() => readControllerSettings(environment)),
    faultsOf(() => readApiConfig({ ...environment, ...placeholders })),
  ].flat();
  if (faults.length > 0) throw new ConfigError([...new Set(faults)]);

  const own = readEnvironment(schema, environment);
  const texts = Object.entries(own).map(([name, value]) => [name, String(value)]);
  return Object.freeze({
    dataDir: own.DATA_DIR,
    cpusPerJob: Math.max(1, Math.floor(cpus / own.MAX_RUNNING_JOBS)),
    logLevel: own.LOG_LEVEL,
    environment: { ...environment, ...Object.fromEntries(texts) },
  });
}

function faultsOf(read: () => unknown): readonly string[] {
  try {
    read();
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
}
