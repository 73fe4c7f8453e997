import { availableParallelism } from "node:os";
import { z } from "zod";
import { integer, port, readEnvironment } from "@transpod/runtime/environment.ts";

const cpus = availableParallelism();

/** x265 uses about four threads well; more videos at once only make each of them slower. */
const defaultRunningJobs = Math.max(1, Math.floor(cpus / 4));

/** The emulator of S3 holds objects in memory, several times over while it receives them. */
const defaultUploadBytes = 1024 ** 3;

const schema = z.object({
  PORT: port.default(8000),
  HOST: z.string().default("127.0.0.1"),
  DATA_DIR: z.string().default(".transpod"),
  MAX_RUNNING_JOBS: integer({ min: 1 }).default(defaultRunningJobs),
  MAX_UPLOAD_BYTES: integer({ min: 1 }).default(defaultUploadBytes),
  SWEEP_SECONDS: integer({ min: 1 }).default(5),
  UPLOAD_EVENT_GRACE_SECONDS: integer({ min: 1 }).default(10),
  LOG_LEVEL: z.string().default("info"),
});

type Environment = Readonly<Record<string, string | undefined>>;

export interface EmbeddedConfig {
  port: number;
  host: string;
  dataDir: string;
  cpusPerJob: number;
  logLevel: string;
  /** What api and controller read their own settings from, once the rest is known. */
  environment: Environment;
}

/** Embedded mode's own defaults; api and controller keep theirs for everything else. */
export function readEmbeddedConfig(environment: Environment): EmbeddedConfig {
  const own = readEnvironment(schema, environment);
  const texts = Object.entries(own).map(([name, value]) => [name, String(value)]);
  return Object.freeze({
    port: own.PORT,
    host: own.HOST,
    dataDir: own.DATA_DIR,
    cpusPerJob: Math.max(1, Math.floor(cpus / own.MAX_RUNNING_JOBS)),
    logLevel: own.LOG_LEVEL,
    environment: { ...environment, ...Object.fromEntries(texts) },
  });
}
