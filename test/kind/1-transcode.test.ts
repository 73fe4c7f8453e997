import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { podsOfFile, untilJobEnded } from "./cluster.ts";
import type { List } from "./objects.ts";
import { kubectl, kubectlJson } from "./tools.ts";
import { openTranspod, type Transpod } from "./transpod.ts";
import { until } from "./until.ts";

const samples = inject("samples");

let transpod: Transpod;
beforeAll(async () => {
  transpod = await openTranspod();
});
afterAll(() => transpod?.close());

interface Event {
  type: string;
  reason: string;
  message: string;
  source: { component?: string };
}

/** The line of a Job's record that Transpod wrote, not Kubernetes. */
async function eventOn(jobName: string): Promise<Event> {
  const selector = `involvedObject.kind=Job,involvedObject.name=${jobName}`;
  return await until(async () => {
    const { items } = await kubectlJson<List<Event>>([
      ...["get", "events", "--field-selector", selector],
    ]);
    return items.find(({ source }) => source.component === "transpod-controller");
  }, `Transpod wrote an Event on ${jobName}`);
}

test.each([
  { from: "h264", to: "hevc" },
  { from: "hevc", to: "h264" },
] as const)(
  "$from becomes $to: the result is proven by ffprobe, and kubectl shows what happened",
  async ({ from, to }) => {
    const source = samples[from];
    const fileId = await transpod.client.upload(source);
    expect(await transpod.untilEnded(fileId)).toMatchObject({
      processing_status: "completed",
      original_codec: from,
      target_codec: to,
      attempt: 1,
      processed: { codec: to, frames: 48 },
    });
    expect(await transpod.faultsOf(fileId, source)).toEqual([]);

    const { metadata } = await untilJobEnded(fileId);
    const table = await kubectl(["get", "jobs", "-L", "transpod.io/file,transpod.io/attempt"]);
    const [header = "", ...rows] = table.split("\n").map((line) => line.split(/ {2,}/));
    expect(header).toEqual([
      ...["NAME", "STATUS", "COMPLETIONS", "DURATION", "AGE", "FILE", "ATTEMPT"],
    ]);
    const row = rows.find(([name]) => name === metadata.name);
    expect(row).toEqual([
      ...[metadata.name, "Complete", "1/1", expect.any(String), expect.any(String), fileId, "1"],
    ]);

    expect(await eventOn(metadata.name)).toMatchObject({
      type: "Normal",
      reason: "FileCompleted",
      message: expect.stringContaining(`from ${from}`),
    });
  },
);

test("a file that is no video makes exactly one pod, and fails with its sentence", async () => {
  const fileId = await transpod.client.upload(samples.notAVideo);
  const status = await transpod.untilEnded(fileId);
  expect(status).toMatchObject({
    processing_status: "failed",
    attempt: 1,
    failure: { code: "not_a_video", detail: expect.stringMatching(/^[A-Z].*\.$/) },
  });
  const { metadata } = await untilJobEnded(fileId);
  const pods = await podsOfFile(fileId);
  expect(pods).toHaveLength(1);
  expect(pods[0]?.status.containerStatuses?.[0]).toMatchObject({
    restartCount: 0,
    state: { terminated: { exitCode: 11 } },
  });
  expect(await transpod.database.attempts(fileId)).toMatchObject([
    { end: "not_a_video", counted: true },
  ]);
  expect(await eventOn(metadata.name)).toMatchObject({
    type: "Warning",
    reason: "FileFailed",
    message: expect.stringContaining(status.failure!.detail),
  });
});
