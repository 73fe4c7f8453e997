import type { S3Client } from "@aws-sdk/client-s3";
import type { Registry } from "@prometheus-io/client";
import type pg from "pg";
import type { Check } from "@transpod/runtime/health.ts";
import type { Logger } from "@transpod/runtime/logger.ts";
import type { FileEvents } from "./events/file-events.ts";
import type { ApiConfig, ApiSettings } from "./config.ts";
import type { RunCommand } from "./run-command.ts";

/** What the app is made from. */
export interface AppDeps {
  pool: pg.Pool;
  s3: S3Client;
  /** Signs what clients get: its endpoint is the one that they reach. No request goes through it. */
  publicS3: S3Client;
  buckets: ApiConfig["buckets"];
  settings: Readonly<ApiSettings>;
  /** The parts that /readyz asks, by name. */
  checks: Readonly<Record<string, Check>>;
  events: FileEvents;
  registry: Registry;
  log: Logger;
}

/** What the routes work with. */
export interface ApiDeps extends AppDeps {
  runCommand: RunCommand;
}
