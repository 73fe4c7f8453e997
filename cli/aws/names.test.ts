import { expect, test } from "vitest";
import { namesFor } from "./names.ts";

test("every name follows from the suffix", () => {
  expect(namesFor("prod")).toEqual({
    suffix: "prod",
    rawBucket: "transpod-raw-prod",
    processedBucket: "transpod-processed-prod",
    queue: "transpod-prod",
    deadLetterQueue: "transpod-prod-dead",
    apiPolicy: "transpod-api-prod",
    controllerPolicy: "transpod-controller-prod",
  });
});

test.each(["a", "7", "eu-prod-2", "x".repeat(44)])("%s is a suffix", (suffix) => {
  expect(namesFor(suffix).processedBucket.length).toBeLessThanOrEqual(63);
});

test.each([
  ["", /lower-case letters/],
  ["Prod", /lower-case letters/],
  ["-prod", /no hyphen at its start or end/],
  ["prod-", /no hyphen at its start or end/],
  ["pro.d", /lower-case letters/],
  ["pro_d", /lower-case letters/],
  ["prod\n", /lower-case letters/],
  ["x".repeat(45), /44 characters at most/],
  ["s3alias", /"-s3alias"/],
  ["prod--ol-s3", /"--ol-s3"/],
  ["prod-dead", /dead-letter queues/],
])("%j is not, and the reason is told", (suffix, reason) => {
  expect(() => namesFor(suffix)).toThrow(reason);
});
