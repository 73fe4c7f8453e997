import { expect, test } from "vitest";
import { workersStatus } from "./workers-status.ts";

const end = (exitCode: number | null, disrupted = false) => ({
  exitCode,
  disrupted,
  at: new Date("2026-08-01T12:00:00Z"),
  workerLog: exitCode === 0 ? null : `ended with ${exitCode}`,
});

test.each([
  { started: 1, ends: [], expected: "running null, 0 of 1 ended" },
  { started: 2, ends: [end(1)], expected: "running null, 1 of 2 ended" },
  { started: 2, ends: [end(0)], expected: "running null, 1 of 2 ended" },
  { started: 1, ends: [end(0)], expected: "succeeded 0, 1 of 1 ended" },
  { started: 2, ends: [end(0), end(0)], expected: "succeeded 0, 2 of 2 ended" },
  { started: 2, ends: [end(1), end(13)], expected: "failed 13, 2 of 2 ended" },
  { started: 2, ends: [end(13), end(0)], expected: "failed 13, 2 of 2 ended" },
  { started: 2, ends: [end(null, true), end(0)], expected: "failed null disrupted, 2 of 2 ended" },
  { started: 2, ends: [end(null, true), end(13)], expected: "failed 13, 2 of 2 ended" },
])("$expected, when $ends.length of them ended", ({ started, ends, expected }) => {
  const { phase, exitCode, disrupted, endedAt, workers, workerLog } = workersStatus(started, ends);
  const words = `${phase} ${exitCode}${disrupted ? " disrupted" : ""}`;
  expect(`${words}, ${workers.ended} of ${workers.started} ended`).toBe(expected);
  expect(endedAt === null).toBe(phase === "running");
  expect(workerLog).toBe(phase === "failed" ? `ended with ${exitCode}` : undefined);
});
