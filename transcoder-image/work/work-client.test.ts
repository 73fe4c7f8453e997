import { writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { FencedError } from "../attempt/attempt-error.ts";
import { makeScratch } from "../testing/scratch.ts";
import { fileId, WorkServer, workToken, type WorkServerOptions } from "../testing/work-server.ts";
import { UnreachableError, WorkClient } from "./work-client.ts";

const { signal } = new AbortController();
const aReport = { lease: 1, phase: "encode", percent: 1 } as const;

function serve(options: Partial<WorkServerOptions> = {}): Promise<WorkServer> {
  return new WorkServer({
    sourcePath: import.meta.filename,
    fileName: "a.mp4",
    ...options,
  }).start();
}

function client(server: WorkServer): WorkClient {
  return new WorkClient({ workUrl: server.url, token: { value: workToken } });
}

test("a claim is repeated while the controller is not there", async () => {
  await using server = await serve({ unavailableTimes: 2 });
  const claim = await client(server).claim({ worker: "w" }, signal);
  expect(claim).toMatchObject({ file_id: fileId, attempt: 1, lease: 1 });
});

test("what somebody else answers in the controller's place is no refusal", async () => {
  await using server = await serve({ strangerTimes: 2 });
  await expect(client(server).claim({ worker: "w" }, signal)).resolves.toMatchObject({ lease: 1 });
});

test("progress is said once", async () => {
  await using server = await serve({ unavailableTimes: 1 });
  const work = client(server);
  await expect(work.progress(aReport, signal)).rejects.toThrow(UnreachableError);
  await work.progress(aReport, signal);
  expect(server.progress).toHaveLength(1);
});

test("a refused lease is not asked about again", async () => {
  await using server = await serve({ fenceWhen: () => true });
  await expect(client(server).progress(aReport, signal)).rejects.toThrow(FencedError);
});

test("a token that was replaced is read again", async () => {
  await using scratch = await makeScratch();
  await using server = await serve();
  const file = scratch.file("token");
  const work = new WorkClient({ workUrl: server.url, token: { file } });
  await writeFile(file, "an-old-token\n");
  await expect(work.claim({ worker: "w" }, signal)).rejects.toThrow(FencedError);
  await writeFile(file, `${workToken}\n`);
  await expect(work.claim({ worker: "w" }, signal)).resolves.toMatchObject({ lease: 1 });
});

test("waiting ends when the worker is told to stop", async () => {
  await using server = await serve({ unavailableTimes: 1000 });
  const stop = new AbortController();
  const claim = client(server).claim({ worker: "w" }, stop.signal);
  stop.abort(new Error("told to stop"));
  await expect(claim).rejects.toThrow("told to stop");
});
