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
