import { hostname } from "node:os";
import { expect, test } from "vitest";
import { ConfigError } from "@transpod/runtime/environment.ts";
import { readControllerConfig } from "./config.ts";

const required = {
  DATABASE_URL: "postgres://localhost/transpod",
  S3_RAW_BUCKET: "raw",
  S3_PROCESSED_BUCKET: "processed",
  SQS_QUEUE_URL: "https://sqs.us-east-1.amazonaws.com/1/transpod",
  POD_NAMESPACE: "transpod",
  JOB_SETTINGS_FILE: "/etc/transpod/job.json",
};

test("what is not set has the chart's defaults, and AWS needs no endpoint", () => {
  expect(readControllerConfig({ ...required, S3_ENDPOINT: "" })).toMatchObject({
    port: 9090,
    workPort: 8080,
    s3Endpoint: undefined,
    candidate: hostname(),
    settings: { maxRunningJobs: 10, startSeconds: 600, leaseSeconds: 15 },
  });
});

test("what a file may ask of a worker can be limited, pictures to no more than ffmpeg is given", () => {
  const tight = { MAX_PIXELS: "9000000", MAX_DURATION_SECONDS: "600", MAX_TRACKS: "8" };
  const { settings } = readControllerConfig({ ...required, ...tight });
  expect(settings.limits).toEqual({
    max_pixels: 9_000_000,
    max_duration_seconds: 600,
    max_tracks: 8,
  });
  const read = () => readControllerConfig({ ...required, MAX_PIXELS: "100000000" });
  expect(read).toThrow("MAX_PIXELS: Give a whole number from 1 to 36000000.");
});

test.for(["1", "29", "36501", "-1"])("records can't be kept for %s days", (days) => {
  const read = () => readControllerConfig({ ...required, RECORD_RETENTION_DAYS: days });
  expect(read).toThrow("RECORD_RETENTION_DAYS: ");
});

test("records are kept for 90 days, videos for ever", () => {
  expect(readControllerConfig(required).settings).toMatchObject({
    ...{
      deliveryRetentionDays: 30,
      originalRetentionDays: 0,
      resultRetentionDays: 0,
      recordRetentionDays: 90,
    },
  });
  const forEver = { ...required, RECORD_RETENTION_DAYS: "0" };
  expect(readControllerConfig(forEver).settings.recordRetentionDays).toBe(0);
});

test("a controller is elected under its pod's name, or not at all", () => {
  const named = { ...required, POD_NAME: "controller-1" };
  expect(readControllerConfig(named).candidate).toBe("controller-1");
  expect(readControllerConfig({ ...named, LEADER_ELECTION: "off" }).candidate).toBeUndefined();
});

test("every fault is named at once, of the settings too", () => {
  const wrong = { ...required, POD_NAMESPACE: "", LEADER_ELECTION: "yes", START_SECONDS: "0" };
  const read = () => readControllerConfig(wrong);
  expect(read).toThrow(ConfigError);
  for (const name of ["POD_NAMESPACE", "LEADER_ELECTION", "START_SECONDS"]) {
    expect(read).toThrow(`${name}: `);
  }
});
