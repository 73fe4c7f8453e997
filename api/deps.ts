import type { S3Client } from "@aws-sdk/client-s3";
import type { Registry } from "@prometheus-io/client";
import type pg from "pg";
import type { Check } from "@transpod/runtime/health.ts";
import type { Logger } from "@transpod/runtime/logger.ts";
import type { Tracing } from "@transpod/runtime/tracing.ts";
import type { FileEvents } from "./events/file-events.ts";
import type { Forecast } from "./forecast/forecast.ts";
import type { ApiConfig, ApiSettings } from "./config.ts";
import type { RunCommand, RunStatement } from "./run-command.ts";

/** The dependencies of the app. */
export interface AppDeps {
  pool: pg.Pool;
  s3: S3Client;
  /** Signs URLs for clients, with the endpoint that clients reach. It sends no requests. */
  publicS3: S3Client;
  /** Of the URLs that `publicS3` signs: the page may reach them. */
  s3Origins: readonly string[];
  buckets: ApiConfig["buckets"];
  settings: Readonly<ApiSettings>;
  /** The checks of /readyz, by name. */
  checks: Readonly<Record<string, Check>>;
  events: FileEvents;
  forecast: Forecast;
  registry: Registry;
  /** Undefined when no traces are sent. */
  tracing?: Tracing | undefined;
  log: Logger;
}

/** The dependencies of the routes. */
export interface ApiDeps extends AppDeps {
  runCommand: RunCommand;
  runStatement: RunStatement;
}
