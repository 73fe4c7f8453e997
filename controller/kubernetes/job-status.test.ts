import { expect, test } from "vitest";
import { jobStatus } from "./job-status.ts";
import { job, name, pod, podName, ref } from "./testing/builders.ts";
import type { Job, JobCondition, Pod, Termination } from "./wire.ts";

const at = "2026-08-01T12:00:00Z";

const ends = (type: string, reason = "", message = ""): Job => {
  const condition: JobCondition = { type, status: "True", reason, message, lastTransitionTime: at };
  return job({ status: { conditions: [condition] } });
};
const failsByExit = (exitCode: number) =>
  ends(
    "Failed",
    "PodFailurePolicy",
    `Container transcoder for pod here/${podName} failed with exit code ${exitCode} matching FailJob rule at index 1`,
  );
const failsByDisruption = ends(
  "FailureTarget",
  "PodFailurePolicy",
  `Pod here/${podName} has condition DisruptionTarget matching FailJob rule at index 0`,
);
const failsByCount = ends(
  "Failed",
  "BackoffLimitExceeded",
  "Job has reached the specified backoff limit",
);

const pending = (status: Pod["status"]): Pod => pod({ status: { phase: "Pending", ...status } });
const scheduled = { type: "PodScheduled", status: "True" };
const waitingFor = (reason: string, message?: string): Pod => ({
  spec: { containers: [{ name: "transcoder", image: "none:1" }] },
  ...pending({
    conditions: [scheduled],
    containerStatuses: [
      {
        ...container,
        state: { waiting: { reason, ...(message === undefined ? {} : { message }) } },
      },
    ],
  }),
});

const container = { name: "transcoder", image: "", imageID: "", ready: false, restartCount: 0 };
const terminated = (overrides: Partial<Termination>, status: Pod["status"] = {}): Pod =>
  pod({
    spec: { containers: [{ name: "transcoder", resources: { limits: { memory: "2Gi" } } }] },
    status: {
      phase: "Failed",
      containerStatuses: [
        { ...container, state: { terminated: { exitCode: 1, reason: "Error", ...overrides } } },
      ],
      ...status,
    },
  });
const disrupted = (reason: string, message = "") => [
  { type: "DisruptionTarget", status: "True", reason, message },
];
const deleted = (given: Pod): Pod => ({
  ...given,
  metadata: { ...given.metadata, deletionTimestamp: at },
});

interface Case {
  when: string;
  job?: Job;
  pods?: Pod[];
  expected: string;
}

const active: Case[] = [
  {
    when: "a queue holds it",
    job: job({ spec: suspended() }),
    expected: "waiting: a place in the queue",
  },
  {
    when: "a queue took it back from its place",
    job: job({ spec: suspended() }),
    pods: [deleted(pod({ status: { phase: "Running" } }))],
    expected: "waiting: a place in the queue",
  },
  { when: "it was just created", expected: "waiting: its pod to be created" },
  { when: "nobody looked for a node yet", pods: [pending({})], expected: "waiting: a node" },
  {
    when: "no node has room",
    pods: [
      pending({
        conditions: [
          {
            type: "PodScheduled",
            status: "False",
            reason: "Unschedulable",
            message:
              "0/3 nodes are available: 3 Insufficient cpu. no new claims to deallocate, " +
              "preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.",
          },
        ],
      }),
    ],
    expected: "waiting: a node that can take it (0/3 nodes are available: 3 Insufficient cpu)",
  },
  {
    when: "the image is being pulled",
    pods: [waitingFor("ContainerCreating")],
    expected: "waiting: its container to start",
  },
  {
    when: "the registry has no such image",
    pods: [
      waitingFor(
        "ErrImagePull",
        "rpc error: code = NotFound desc = failed to pull and unpack image " +
          '"docker.io/library/none:1": failed to resolve reference "docker.io/library/none:1": ' +
          "docker.io/library/none:1: not found",
      ),
    ],
    expected:
      "waiting: its image none:1, which can't be pulled (docker.io/library/none:1: not found)",
  },
  {
    when: "the kubelet waits before it pulls again",
    pods: [
      waitingFor(
        "ImagePullBackOff",
        'Back-off pulling image "none:1": ErrImagePull: failed to pull and unpack image ' +
          '"docker.io/library/none:1": failed to copy: unexpected status from GET request to ' +
          "https://layers.example/blob?X-Amz-Signature=abc: 403 Forbidden",
      ),
    ],
    expected:
      "waiting: its image none:1, which can't be pulled (failed to copy: unexpected status from GET " +
      "request to https://layers.example/blob 403 Forbidden)",
  },
  {
    when: "the kubelet says no more than that it waits",
    pods: [waitingFor("ImagePullBackOff", 'Back-off pulling image "none:1"')],
    expected: "waiting: its image none:1, which can't be pulled",
  },
  {
    when: "the container can't be made",
    pods: [waitingFor("CreateContainerConfigError", 'secret "x" not found')],
    expected: `waiting: its container, which can't be created (secret "x" not found)`,
  },
  { when: "its pod runs", pods: [pod({ status: { phase: "Running" } })], expected: "running" },
  {
    when: "its pod has ended and the Job does not know yet",
    pods: [terminated({})],
    expected: "running",
  },
  {
    when: "its pod's node is lost",
    pods: [deleted(pod({ status: { phase: "Running", reason: "NodeLost" } }))],
    expected: "running disrupted",
  },
  {
    when: "nobody knows how its pod is",
    pods: [pod({ status: { phase: "Unknown" } })],
    expected: "running disrupted",
  },
  {
    when: "its pod is being evicted",
    pods: [pod({ status: { phase: "Running", conditions: disrupted("EvictionByEvictionAPI") } })],
    expected: "running disrupted",
  },
  {
    when: "its first pod was taken back before it ran, and a new one runs",
    pods: [deleted(pod({ status: { phase: "Failed" } })), pod({ status: { phase: "Running" } })],
    expected: "running",
  },
];

const over: Case[] = [
  { when: "it is complete", job: ends("Complete"), expected: "succeeded 0" },
  { when: "it is about to be complete", job: ends("SuccessCriteriaMet"), expected: "succeeded 0" },
  {
    when: "its worker failed",
    job: failsByExit(13),
    pods: [terminated({ exitCode: 13 })],
    expected: "failed 13",
  },
  {
    when: "its worker failed and its pod is gone",
    job: failsByExit(13),
    expected: "failed 13",
  },
  {
    when: "its worker failed and the list of pods lags",
    job: failsByExit(13),
    pods: [pod({ status: { phase: "Running" } })],
    expected: "failed 13",
  },
  {
    when: "its worker ran out of memory",
    job: failsByExit(137),
    pods: [terminated({ exitCode: 137, reason: "OOMKilled" })],
    expected: "failed 137: The worker ran out of memory; its limit was 2Gi.",
  },
  {
    when: "its worker's child ran out of memory",
    job: failsByExit(137),
    pods: [terminated({ exitCode: 137 })],
    expected: "failed 137",
  },
  {
    when: "its container could not start",
    job: failsByExit(128),
    pods: [terminated({ exitCode: 128, reason: "StartError", message: "exec: node: not found" })],
    expected: "failed 128: The container failed (StartError): exec: node: not found.",
  },
  {
    when: "its worker was told to stop by nobody we know",
    job: failsByExit(143),
    pods: [terminated({ exitCode: 143 })],
    expected: "failed 143",
  },
  {
    when: "somebody deleted its pod and the worker did not stop in time",
    job: failsByExit(137),
    pods: [deleted(terminated({ exitCode: 137 }))],
    expected: "failed 137 disrupted: The worker's pod was deleted.",
  },
  {
    when: "a queue took its place back and its pod is gone",
    job: { ...failsByExit(137), spec: suspended() },
    expected: "failed 137 disrupted: A queue suspended the Job, so its worker ended.",
  },
  {
    when: "a queue took its place back just after its worker failed",
    job: { ...failsByExit(13), spec: suspended() },
    expected: "failed 13",
  },
  {
    when: "somebody deleted the pod of a worker that found its file at fault",
    job: failsByExit(13),
    pods: [deleted(terminated({ exitCode: 13 }))],
    expected: "failed 13",
  },
  {
    when: "its pod was evicted",
    job: failsByDisruption,
    pods: [terminated({ exitCode: 143 }, { conditions: disrupted("EvictionByEvictionAPI") })],
    expected:
      "failed 143 disrupted: The worker's pod was evicted, for example because its node was drained.",
  },
  {
    when: "its pod gave way",
    job: failsByDisruption,
    pods: [terminated({ exitCode: 137 }, { conditions: disrupted("PreemptionByScheduler") })],
    expected: "failed 137 disrupted: The worker's pod was preempted by one with a higher priority.",
  },
  {
    when: "its node shut down",
    job: failsByDisruption,
    pods: [
      terminated(
        { exitCode: 143 },
        {
          conditions: disrupted(
            "TerminationByKubelet",
            "Pod was terminated in response to imminent node shutdown.",
          ),
        },
      ),
    ],
    expected:
      "failed 143 disrupted: The node ended the worker's pod: Pod was terminated in response to " +
      "imminent node shutdown.",
  },
  {
    when: "its pod was taken away for a reason that is new to us",
    job: failsByDisruption,
    pods: [terminated({ exitCode: 143 }, { conditions: disrupted("Novelty") })],
    expected: "failed 143 disrupted: The platform removed the worker's pod.",
  },
  {
    when: "its pod was taken away and is gone",
    job: failsByDisruption,
    expected: "failed disrupted: The platform removed the worker's pod.",
  },
  {
    when: "it outgrew its disk",
    job: failsByExit(137),
    pods: [
      terminated(
        { exitCode: 137 },
        {
          reason: "Evicted",
          message: 'Usage of EmptyDir volume "scratch" exceeds the limit "1Gi". ',
        },
      ),
    ],
    expected:
      `failed: The node ended the worker's pod: Usage of EmptyDir volume "scratch" exceeds the ` +
      `limit "1Gi".`,
  },
  {
    when: "the node would not have its pod",
    job: failsByCount,
    pods: [
      pod({
        status: { phase: "Failed", reason: "OutOfcpu", message: "Pod was rejected: no cpu" },
      }),
    ],
    expected:
      "failed disrupted: The node refused the worker's pod (OutOfcpu): Pod was rejected: no cpu.",
  },
  {
    when: "nothing is known of its pod",
    job: failsByCount,
    expected: "failed: The Job failed: Job has reached the specified backoff limit.",
  },
  {
    when: "its deadline has passed, and its worker was stopped for that",
    job: ends("FailureTarget", "DeadlineExceeded", "Job was active longer than specified deadline"),
    pods: [deleted(terminated({ exitCode: 143 }))],
    expected: "failed: The Job took longer than its deadline.",
  },
];

test.each([...active, ...over])(
  "when $when: $expected",
  ({ job: given = job(), pods = [], expected }) => {
    expect(describe(given, pods)).toBe(expected);
  },
);

test("a status says whose it is, and when the worker ended", () => {
  const status = jobStatus(ref, failsByExit(13), [
    terminated({ finishedAt: "2026-08-01T11:59:59Z" }),
  ]);
  expect(status).toMatchObject({ ...ref, name, endedAt: new Date("2026-08-01T11:59:59Z") });
  expect(jobStatus(ref, failsByExit(13), []).endedAt).toEqual(new Date(at));
  expect(jobStatus(ref, job(), []).endedAt).toBeNull();
});

function describe(given: Job, pods: Pod[]): string {
  const { phase, exitCode, disrupted: taken, why } = jobStatus(ref, given, pods);
  const words = [phase, exitCode ?? "", taken ? "disrupted" : ""].filter((word) => word !== "");
  return words.join(" ") + (why === null ? "" : `: ${why}`);
}

function suspended(): NonNullable<Job["spec"]> {
  return { suspend: true, template: {} };
}

const oomKilled = { exitCode: 137, reason: "OOMKilled" };
const event = JSON.stringify({ time: at, event: "phase", phase: "encode" });
test.each([
  [
    "the last lines of the log",
    { ...oomKilled, message: `cut off\n${event}\n` },
    `${at} phase phase=encode`,
  ],
  ["a log of one line", { message: "node: not found" }, "node: not found"],
  ["no log", oomKilled, undefined],
  ["the runtime's own message", { reason: "StartError", message: "no such file" }, undefined],
])("a worker that failed silently leaves %s", (_what, end, workerLog) => {
  const status = jobStatus(ref, failsByExit(137), [terminated(end)]);
  expect(status.workerLog).toBe(workerLog);
});
