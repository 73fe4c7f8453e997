import { expect, test } from "vitest";
import { jobStatus } from "./job-status.ts";
import { job, pod, ref } from "./testing/builders.ts";
import type { Job, Pod } from "./wire.ts";

const at = "2026-08-01T12:00:00Z";
const container = { name: "transcoder", image: "", imageID: "", ready: false, restartCount: 0 };

function elastic(completions: number, status: Job["status"] = {}): Job {
  return job({ spec: { completionMode: "Indexed", completions, template: {} }, status });
}

function ends(
  type: string,
  completions: number,
  { reason = "", message = "", ...status }: Job["status"] & { reason?: string; message?: string },
): Job {
  const condition = { type, status: "True", reason, message, lastTransitionTime: at };
  return elastic(completions, { conditions: [condition], ...status });
}

const allFailed = {
  reason: "FailedIndexes",
  message: "Job has failed indexes",
  failedIndexes: "0-2",
};

function podOf(index: number, status: NonNullable<Pod["status"]>): Pod {
  const annotations = { "batch.kubernetes.io/job-completion-index": String(index) };
  return pod({ metadata: { ...pod().metadata, uid: `pod-${index}`, annotations }, status });
}

const runs = (index: number, more: Pod["status"] = {}) =>
  podOf(index, { phase: "Running", ...more });
const waits = (index: number) => podOf(index, { phase: "Pending" });
const ended = (index: number, exitCode: number, second: number, more: Pod["status"] = {}) => {
  const finishedAt = `2026-08-01T11:59:0${second}Z`;
  const terminated = { exitCode, reason: exitCode === 0 ? "Completed" : "Error", finishedAt };
  return podOf(index, {
    phase: exitCode === 0 ? "Succeeded" : "Failed",
    containerStatuses: [{ ...container, state: { terminated } }],
    ...more,
  });
};
const newer = (one: Pod): Pod => ({ ...one, metadata: { ...one.metadata, creationTimestamp: at } });
const evicted = {
  conditions: [{ type: "DisruptionTarget", status: "True", reason: "EvictionByEvictionAPI" }],
};

interface Case {
  when: string;
  job: Job;
  pods?: Pod[];
  expected: string;
}

const active: Case[] = [
  {
    when: "its first worker is not created yet",
    job: elastic(1),
    expected: "0/1 ended, waiting: its pod to be created",
  },
  { when: "all run", job: elastic(2), pods: [runs(0), runs(1)], expected: "0/2 ended, running" },
  {
    when: "one runs and others wait",
    job: elastic(3),
    pods: [waits(0), runs(1)],
    expected: "0/3 ended, running",
  },
  {
    when: "none runs and one waits",
    job: elastic(2, { failedIndexes: "0" }),
    pods: [waits(1)],
    expected: "1/2 ended, waiting: a node",
  },
  {
    when: "one failed and its pod is gone",
    job: elastic(5, { failedIndexes: "0,2-3" }),
    pods: [runs(1), runs(4)],
    expected: "3/5 ended, running",
  },
  {
    when: "one ended and the Job does not know yet",
    job: elastic(2),
    pods: [ended(0, 0, 1), runs(1)],
    expected: "0/2 ended, running",
  },
  {
    when: "all ended and the Job does not know yet",
    job: elastic(2),
    pods: [ended(0, 0, 1), ended(1, 1, 2)],
    expected: "0/2 ended, running",
  },
  {
    when: "all ended and the Job counts them",
    job: elastic(2, { completedIndexes: "0", failedIndexes: "1" }),
    pods: [ended(0, 0, 1), ended(1, 1, 2)],
    expected: "2/2 ended, running",
  },
  {
    when: "a pod that was told to stop is not replaced yet",
    job: elastic(1),
    pods: [ended(0, 143, 1)],
    expected: "0/1 ended, waiting: its pod to be created",
  },
  {
    when: "an evicted pod is not replaced yet",
    job: elastic(1),
    pods: [ended(0, 137, 1, evicted)],
    expected: "0/1 ended, waiting: its pod to be created",
  },
  {
    when: "a pod is replaced by one that waits",
    job: elastic(1),
    pods: [waits(0), ended(0, 143, 1)],
    expected: "0/1 ended, waiting: a node",
  },
  {
    when: "a pod is replaced while another worker runs",
    job: elastic(2),
    pods: [ended(0, 143, 1), runs(1)],
    expected: "0/2 ended, running",
  },
  {
    when: "one of those that run is being evicted",
    job: elastic(2),
    pods: [runs(0, evicted), runs(1)],
    expected: "0/2 ended, running",
  },
  {
    when: "all that run are being evicted",
    job: elastic(2),
    pods: [runs(0, evicted), runs(1, evicted)],
    expected: "0/2 ended, running disrupted",
  },
  {
    when: "a queue holds it",
    job: { ...elastic(1), spec: { ...elastic(1).spec, suspend: true, template: {} } },
    expected: "0/1 ended, waiting: a place in the queue",
  },
];

const over: Case[] = [
  {
    when: "all ended with 0",
    job: ends("SuccessCriteriaMet", 3, { completedIndexes: "0-2" }),
    pods: [ended(0, 0, 1), ended(1, 0, 3), ended(2, 0, 2)],
    expected: "3/3 ended, succeeded 0 at 03",
  },
  {
    when: "it is complete and all pods are gone",
    job: ends("Complete", 2, { completedIndexes: "0,1" }),
    expected: "2/2 ended, succeeded 0 at 00",
  },
  {
    when: "it is complete after a pod was replaced",
    job: ends("Complete", 1, { completedIndexes: "0" }),
    pods: [ended(0, 143, 1), newer(ended(0, 0, 2))],
    expected: "1/1 ended, succeeded 0 at 02",
  },
  {
    when: "one failed and the last ones ended with 0",
    job: ends("Failed", 3, { ...allFailed, failedIndexes: "0", completedIndexes: "1,2" }),
    pods: [ended(0, 1, 1), ended(1, 0, 2), ended(2, 0, 3)],
    expected: "3/3 ended, failed 1 at 01",
  },
  {
    when: "all failed: the last one counts",
    job: ends("FailureTarget", 3, allFailed),
    pods: [ended(0, 13, 3), ended(1, 1, 1), ended(2, 12, 2)],
    expected: "3/3 ended, failed 13 at 03",
  },
  {
    when: "all failed and nothing is known of their pods",
    job: ends("Failed", 3, allFailed),
    expected: "3/3 ended, failed at 00: The Job failed: Job has failed indexes.",
  },
  {
    when: "its deadline has passed",
    job: ends("FailureTarget", 2, { reason: "DeadlineExceeded", failedIndexes: "0" }),
    pods: [ended(0, 1, 1), runs(1)],
    expected: "2/2 ended, failed at 00: The Job took longer than its deadline.",
  },
];

test.each([...active, ...over])(
  "an elastic Job, when $when: $expected",
  ({ job: given, pods = [], expected }) => {
    expect(describe(given, pods)).toBe(expected);
  },
);

function describe(given: Job, pods: Pod[]): string {
  const status = jobStatus(ref, given, pods);
  const { phase, exitCode, disrupted, why, endedAt, workers } = status;
  const words = [
    `${workers.ended}/${workers.started} ended, ${phase}`,
    ...(exitCode === null ? [] : [exitCode]),
    ...(disrupted ? ["disrupted"] : []),
    ...(endedAt === null ? [] : [`at ${endedAt.toISOString().slice(17, 19)}`]),
  ];
  return words.join(" ") + (why === null ? "" : `: ${why}`);
}
