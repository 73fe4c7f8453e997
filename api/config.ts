import { z } from "zod";
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

/**
 * Signature version 4 allows a week:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-presigned-url.html
 */
const maxTtlSeconds = 7 * 24 * 3600;
const ttlSeconds = integer({ min: 1, max: maxTtlSeconds }).default(3600);

/**
 * A file expires later than its last URL, by this margin for clock differences and the time until
 * signing.
 */
const signingSeconds = 60;

const commaList = z.string().transform((list) => list.split(",").map((item) => item.trim()));

const origin = z.string().refine((text) => URL.canParse(text) && new URL(text).origin === text, {
  error: "Give an origin, which has only scheme, host and port: https://video.example.com",
});

const proxyAddress = z.union(
  [z.literal(["loopback", "linklocal", "uniquelocal"]), z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()],
  {
    error:
      "Give the number of proxies in front of the API, or their addresses: 10.0.0.0/8,loopback",
  },
);

const schema = awsEnvironment.extend({
  PORT: port.default(8000),
  HOST: z.string().optional(),
  DATABASE_URL: z.url(),
  CORS_ORIGINS: z.union([z.literal("*"), commaList.pipe(z.array(origin))]).default([]),
  TRUST_PROXY: z
    .union([integer({ min: 0, max: 100 }), commaList.pipe(z.array(proxyAddress))])
    .default(0),
  PAGE: z.enum(["on", "off"]).default("on"),
  AUTH: z.enum(["on", "off"]).default("on"),
  RATE_LIMIT_PER_MINUTE: integer({ min: 0 }).default(1200),
  UPLOAD_URL_TTL_SECONDS: ttlSeconds,
  DOWNLOAD_URL_TTL_SECONDS: ttlSeconds,
  UPLOAD_EXPIRY_SECONDS: integer({ min: 1 }).default(7 * 24 * 3600),
  MAX_UPLOAD_BYTES: maxUploadBytes,
  DELETE_ORIGINALS: z.enum(["on", "off"]).default("off"),
  WEBHOOK_ALLOW_PRIVATE: webhookAllowPrivate,
  OTEL_EXPORTER_OTLP_ENDPOINT: otlpEndpoint,
  LOG_LEVEL: logLevel,
});

/** The settings of the routes. */
export interface ApiSettings {
  uploadUrlTtlSeconds: number;
  downloadUrlTtlSeconds: number;
  /** How long an announced file waits for its upload, from the last URL that was asked for. */
  uploadExpirySeconds: number;
  maxUploadBytes: number;
  /** Whether originals are deleted after success, unless the client says otherwise. */
  deleteOriginals: boolean;
  /** The web pages that may call the API from a browser. */
  corsOrigins: "*" | readonly string[];
  /** The number of proxies in front of the API, or their addresses; Express calls it `trust proxy`. */
  trustProxy: number | readonly string[];
  /** Whether browsers get the page. */
  page: boolean;
  /** Whether an API key is required. */
  auth: boolean;
  /** Requests a minute of one key, or without keys of one address; 0 is no limit. */
  rateLimitPerMinute: number;
  /** Whether webhooks may have private addresses. */
  webhookAllowPrivate: boolean;
}

export interface ApiConfig {
  port: number;
  /** Undefined means every interface. */
  host: string | undefined;
  databaseUrl: string;
  region: string;
  /** Where the API itself reaches S3. This and the next two are undefined on AWS. */
  s3Endpoint: string | undefined;
  /** Where clients reach S3: presigned URLs are for this host. */
  s3PublicEndpoint: string | undefined;
  sqsEndpoint: string | undefined;
  queueUrl: string;
  buckets: { readonly raw: string; readonly processed: string };
  settings: Readonly<ApiSettings>;
  /** Undefined: no traces are sent. */
  otlpEndpoint: string | undefined;
  logLevel: string;
}

/** Throws a ConfigError that names every fault. */
export function readApiConfig(
  environment: Readonly<Record<string, string | undefined>>,
): Readonly<ApiConfig> {
  const env = readEnvironment(schema, environment);
  return Object.freeze({
    port: env.PORT,
    host: env.HOST,
    databaseUrl: env.DATABASE_URL,
    region: env.AWS_REGION,
    s3Endpoint: env.S3_ENDPOINT,
    s3PublicEndpoint: env.S3_PUBLIC_ENDPOINT ?? env.S3_ENDPOINT,
    sqsEndpoint: env.SQS_ENDPOINT,
    queueUrl: env.SQS_QUEUE_URL,
    buckets: Object.freeze({ raw: env.S3_RAW_BUCKET, processed: env.S3_PROCESSED_BUCKET }),
    settings: Object.freeze({
      uploadUrlTtlSeconds: env.UPLOAD_URL_TTL_SECONDS,
      downloadUrlTtlSeconds: env.DOWNLOAD_URL_TTL_SECONDS,
      uploadExpirySeconds: Math.max(
        env.UPLOAD_EXPIRY_SECONDS,
        env.UPLOAD_URL_TTL_SECONDS + signingSeconds,
      ),
      maxUploadBytes: env.MAX_UPLOAD_BYTES,
      deleteOriginals: env.DELETE_ORIGINALS === "on",
      corsOrigins: env.CORS_ORIGINS,
      trustProxy: env.TRUST_PROXY,
      page: env.PAGE === "on",
      auth: env.AUTH === "on",
      rateLimitPerMinute: env.RATE_LIMIT_PER_MINUTE,
      webhookAllowPrivate: env.WEBHOOK_ALLOW_PRIVATE === "on",
    }),
    otlpEndpoint: env.OTEL_EXPORTER_OTLP_ENDPOINT,
    logLevel: env.LOG_LEVEL,
  });
}
