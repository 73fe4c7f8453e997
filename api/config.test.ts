import { expect, test } from "vitest";
import { readApiConfig } from "./config.ts";

const required = {
  DATABASE_URL: "postgres://transpod@db/transpod",
  S3_RAW_BUCKET: "raw",
  S3_PROCESSED_BUCKET: "processed",
  SQS_QUEUE_URL: "https://sqs.us-east-1.amazonaws.com/1/uploads",
};

test("what is required is enough", () => {
  expect(readApiConfig(required)).toMatchObject({
    port: 8000,
    host: undefined,
    s3PublicEndpoint: undefined,
    settings: {
      uploadUrlTtlSeconds: 3600,
      downloadUrlTtlSeconds: 3600,
      uploadExpirySeconds: 7 * 24 * 3600,
      maxUploadBytes: 5 * 1024 ** 3,
      corsOrigins: [],
      trustProxy: 0,
      auth: true,
      rateLimitPerMinute: 1200,
    },
  });
});

test("clients are sent to S3's own endpoint unless they reach it under another", () => {
  const S3_ENDPOINT = "http://s3:4566";
  expect(readApiConfig({ ...required, S3_ENDPOINT }).s3PublicEndpoint).toBe(S3_ENDPOINT);
  const S3_PUBLIC_ENDPOINT = "http://localhost:4566";
  expect(readApiConfig({ ...required, S3_ENDPOINT, S3_PUBLIC_ENDPOINT })).toMatchObject({
    s3Endpoint: S3_ENDPOINT,
    s3PublicEndpoint: S3_PUBLIC_ENDPOINT,
  });
});

test("lists are separated by commas", () => {
  const config = readApiConfig({
    ...required,
    CORS_ORIGINS: "https://a.example.com, http://localhost:5173",
    TRUST_PROXY: "loopback, 10.0.0.0/8",
  });
  expect(config.settings).toMatchObject({
    corsOrigins: ["https://a.example.com", "http://localhost:5173"],
    trustProxy: ["loopback", "10.0.0.0/8"],
  });
  expect(readApiConfig({ ...required, CORS_ORIGINS: "*" }).settings.corsOrigins).toBe("*");
  expect(readApiConfig({ ...required, TRUST_PROXY: "2" }).settings.trustProxy).toBe(2);
});

test.for([
  ["PORT", "http"],
  ["DATABASE_URL", "db"],
  ["CORS_ORIGINS", "https://a.example.com/path"],
  ["TRUST_PROXY", "the load balancer"],
  ["AUTH", "yes"],
  ["RATE_LIMIT_PER_MINUTE", "-1"],
  ["UPLOAD_URL_TTL_SECONDS", "604801"],
  ["DOWNLOAD_URL_TTL_SECONDS", "0"],
  ["MAX_UPLOAD_BYTES", "10GB"],
  ["MAX_UPLOAD_BYTES", String(10_000 * 5 * 1024 ** 3 + 1)],
  ["UPLOAD_EXPIRY_SECONDS", "0"],
  ["LOG_LEVEL", "loud"],
  ["WEBHOOK_ALLOW_PRIVATE", "yes"],
] as const)("%s=%s is named as a fault", ([name, value]) => {
  expect(() => readApiConfig({ ...required, [name]: value })).toThrow(name);
});

test("all faults are named at once", () => {
  expect(() => readApiConfig({ PORT: "x" })).toThrow(/PORT.*DATABASE_URL|DATABASE_URL.*PORT/s);
});
