import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { podsOfFile, workerOf } from "./cluster.ts";
import { JobRecorder } from "./job-recorder.ts";
import { leftovers } from "./leftovers.ts";
import { readValues, uninstall, upgrade } from "./release.ts";
import { helm, installation } from "./tools.ts";
import { openTranspod, type Transpod } from "./transpod.ts";

const { slow, h264 } = inject("samples");

let transpod: Transpod;
beforeAll(async () => {
  transpod = await openTranspod();
});
afterAll(() => transpod?.close());

test("helm upgrade while a worker encodes: its pod lives on, and the video completes", async () => {
  await using recorder = new JobRecorder();
  const fileId = await transpod.client.upload(slow);
  await transpod.untilEncoding(fileId);
  const before = await workerOf(fileId);
  await transpod.configure({ "api.corsOrigins[0]": "https://example.com", logLevel: "debug" });

  expect(await transpod.untilEnded(fileId)).toMatchObject({
    processing_status: "completed",
    attempt: 1,
  });
  const after = await podsOfFile(fileId);
  expect(after.map(({ metadata }) => metadata.uid)).toEqual([before.metadata.uid]);
  expect(recorder.of(fileId)).toHaveLength(1);
});

test("helm test passes", async () => {
  expect(await helm(["test", installation.release])).toMatch(/Phase:\s+Succeeded/);
});

test("helm uninstall leaves nothing, workers included; installed again, Transpod knows its files and goes on", async () => {
  const done = await transpod.client.upload(h264);
  await transpod.untilEnded(done);
  const before = await transpod.client.status(done);
  const open = await transpod.client.upload(slow);
  await transpod.untilEncoding(open);

  const { database, aws } = await readValues();
  const secrets = [database.existingSecret, aws.existingSecret];
  await uninstall();
  // Kubernetes removes leftovers of Jobs some time later.
  await expect.poll(() => leftovers(secrets), { timeout: 90_000, interval: 1_000 }).toEqual([]);

  await upgrade(transpod.ownValues);
  await transpod.reconnect();
  expect(await transpod.client.status(done)).toEqual(before);
  expect(await transpod.faultsOf(done, h264)).toEqual([]);
  expect(await transpod.untilEnded(open)).toMatchObject({
    processing_status: "completed",
    attempt: 2,
  });
  expect(await transpod.database.attempts(open)).toMatchObject([
    { counted: false },
    { end: "completed" },
  ]);
});
