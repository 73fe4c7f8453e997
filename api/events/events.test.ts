import { randomUUID } from "node:crypto";
import express from "express";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { fileEvent, type FileEvent } from "@transpod/contract/events-api.ts";
import { listen } from "@transpod/runtime/http-server.ts";
import { createLogger } from "@transpod/runtime/logger.ts";
import { createRegistry } from "@transpod/runtime/metrics.ts";
import { cancelFile } from "@transpod/store/cancel.ts";
import { getFileStatus } from "@transpod/store/files.ts";
import { setPriority } from "@transpod/store/priority.ts";
import {
  announcedFile,
  arrive,
  claim,
  objectOf,
  pendingFile,
  reserve,
  resultOf,
} from "@transpod/store/testing.ts";
import { deleteFile } from "@transpod/store/tombstones.ts";
import { completeFile, recordProgress } from "@transpod/store/work.ts";
import { startTestApi, type TestApi } from "@transpod/test/test-api.ts";
import { anonymousCaller } from "../access/access.ts";
import { Forecast } from "../forecast/forecast.ts";
import { FileEvents } from "./file-events.ts";
import { streamFile } from "./stream-file.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

const silent = createLogger({ service: "test", level: "silent" });
const waitOptions = { timeout: 20_000, interval: 20 };

/** Opens the event stream of a file, and keeps what comes. */
async function watch(fileId: string, url = api.url) {
  const hangUp = new AbortController();
  const response = await fetch(`${url}/upload/${fileId}/events`, { signal: hangUp.signal });
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toContain("text/event-stream");
  let text = "";
  const ended = (async () => {
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) text += chunk;
  })();
  ended.catch(() => {});
  const events = () =>
    [...text.matchAll(/^event: status\nid: (\S+)\ndata: (.*)\n\n/gm)].map(([, , data]) =>
      fileEvent.parse(JSON.parse(data ?? "")),
    );
  return {
    ended,
    events,
    until: (condition: (event: FileEvent) => boolean) =>
      vi.waitUntil(() => events().find(condition), waitOptions),
    hangUp: () => hangUp.abort(),
  };
}

async function streams(): Promise<string | undefined> {
  const { body } = await api.get<string>("/metrics");
  return /^transpod_event_streams (\d+)$/m.exec(body)?.[1];
}

async function listeners(): Promise<number[]> {
  const { rows } = await api.database.pool.query<{ pid: number }>(
    `select pid from pg_stat_activity
     where application_name = 'transpod-listen' and datname = current_database()`,
  );
  return rows.map((row) => row.pid);
}

test("a file is seen from its announcement to its end, and the stream ends with it", async () => {
  const { pool } = api.database;
  const file = await announcedFile(pool);
  const ref = { fileId: file.file_id, attempt: 1 };
  const watched = await watch(file.file_id);
  await watched.until((event) => event.processing_status === "awaiting_upload");
  await arrive(pool, objectOf(file));
  await watched.until((event) => event.queue_position === 1);
  await reserve(pool);
  const lease = await claim(pool, ref);
  await watched.until((event) => event.processing_status === "processing");
  const said = { percent: 12.5, fps: 24, speed: 1.5, eta_seconds: 9 };
  await recordProgress(pool, lease, { lease: lease.lease, phase: "encode", ...said });
  await watched.until((event) => event.progress?.percent === 12.5);
  await completeFile(pool, lease, `${file.file_id}/1-1.mp4`, resultOf(lease));
  await watched.ended;
  const events = watched.events();
  expect(events.at(-1)).toMatchObject({ processing_status: "completed", progress: null });
  expect(events.find((event) => event.progress !== null)?.progress).toMatchObject(said);
  expect(new Set(events.map((event) => JSON.stringify(event))).size).toBe(events.length);
});

test("a file that has ended is told once; a browser that comes back is told to stay away", async () => {
  const { fileId } = await pendingFile(api.database.pool);
  await cancelFile(api.database.pool, fileId);
  const { status, body } = await api.get<string>(`/upload/${fileId}/events`);
  expect(status).toBe(200);
  expect(body).toContain("id: 1-cancelled\n");
  const again = { headers: { "Last-Event-ID": "1-cancelled" } };
  expect((await api.get(`/upload/${fileId}/events`, again)).status).toBe(204);
  const earlier = { headers: { "Last-Event-ID": "1-pending" } };
  expect((await api.get(`/upload/${fileId}/events`, earlier)).status).toBe(200);
});

test("a waiting file's position changes by what happens to others", async () => {
  const { pool } = api.database;
  await reserve(pool);
  const first = await pendingFile(pool);
  const second = await pendingFile(pool);
  const watched = await watch(first.fileId);
  await watched.until((event) => event.queue_position === 1);
  await setPriority(pool, second.fileId, 9);
  await watched.until((event) => event.queue_position === 2);
  await deleteFile(pool, second.fileId);
  await vi.waitUntil(() => watched.events().at(-1)?.queue_position === 1, waitOptions);
  await deleteFile(pool, first.fileId);
  await watched.ended;
});

test("all streams share one connection, which is made again when it breaks; who hangs up leaves nothing", async () => {
  const { pool } = api.database;
  const files = await Promise.all(Array.from({ length: 10 }, () => pendingFile(pool)));
  const watched = await Promise.all(
    [...files, ...files].map(async ({ fileId }) => await watch(fileId)),
  );
  await vi.waitUntil(async () => (await streams()) === "20", waitOptions);
  const [before, ...others] = await vi.waitUntil(async () => {
    const pids = await listeners();
    return pids.length > 0 && pids;
  }, waitOptions);
  expect(others).toEqual([]);

  await pool.query("select pg_terminate_backend($1)", [before]);
  await cancelFile(pool, files[0]!.fileId);
  await Promise.all([watched[0]!.ended, watched[10]!.ended]);
  await vi.waitUntil(async () => (await listeners()).some((pid) => pid !== before), waitOptions);
  await setPriority(pool, files[5]!.fileId, 50);
  await watched[5]!.until((event) => event.queue_position === 1);

  for (const client of watched) client.hangUp();
  await vi.waitUntil(async () => (await streams()) === "0", waitOptions);
});

test("an unknown file can't be watched, and asking for the headers alone waits for nothing", async () => {
  const unknown = await api.get(`/upload/${randomUUID()}/events`);
  expect(unknown).toMatchObject({ status: 404, body: { code: "file_not_found" } });
  const { fileId } = await pendingFile(api.database.pool);
  const head = await fetch(`${api.url}/upload/${fileId}/events`, { method: "HEAD" });
  expect(head.headers.get("content-type")).toContain("text/event-stream");
});

test("what comes between the end of a stream and the close of its connection is not written", async () => {
  const { pool } = api.database;
  const { fileId } = await pendingFile(pool);
  const forecast = new Forecast({ pool, log: silent });
  const pending = await forecast.addTo((await getFileStatus(pool, fileId))!);
  const events = new FileEvents({ pool, forecast, registry: createRegistry(), log: silent });
  const watching = vi.spyOn(events, "watch");
  const app = express().get("/", (_, response) =>
    streamFile(response, events, pending, anonymousCaller),
  );
  const server = await listen(app, { port: 0, host: "127.0.0.1" });
  const response = await fetch(`http://127.0.0.1:${server.port}/`);
  const watcher = watching.mock.calls[0]![1];
  watcher.onFile({ ...pending, state: "cancelled" });
  watcher.onFile(pending);
  watcher.onBeat();
  watcher.onStop();
  const ids = (await response.text()).match(/^id: .*$/gm);
  expect(ids).toEqual(["id: 1-pending", "id: 1-cancelled"]);
  await server.close();
});

test("an API that stops ends its streams", async () => {
  const other = await startTestApi();
  const { fileId } = await pendingFile(other.database.pool);
  const watched = await watch(fileId, other.url);
  await other.stop();
  await watched.ended;
});

test("with every beat a watcher is told, and the file is read again, also when nobody said that it changed", async () => {
  const { pool, url } = api.database;
  const { fileId } = await pendingFile(pool);
  const events = new FileEvents({
    ...{ pool, registry: createRegistry(), log: silent },
    forecast: new Forecast({ pool, log: silent }),
  });
  const service = events.listen(url, 20);
  let beats = 0;
  const positions: unknown[] = [];
  const unwatch = events.watch(
    { fileId, keyId: null, session: null },
    {
      onFile: (row) => void positions.push(row?.priority),
      onBeat: () => void (beats += 1),
      onStop: () => {},
    },
  );
  await vi.waitUntil(() => beats > 1 && positions.length > 0, waitOptions);
  await pool.query("update files set priority = 42 where file_id = $1", [fileId]);
  await vi.waitUntil(() => positions.at(-1) === 42, waitOptions);
  unwatch();
  await service.stop();
});
