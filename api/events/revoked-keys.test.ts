import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { parseApiKey } from "@transpod/contract/api-keys.ts";
import { createLogger } from "@transpod/runtime/logger.ts";
import { createRegistry } from "@transpod/runtime/metrics.ts";
import { revokeApiKey } from "@transpod/store/api-keys.ts";
import { setPriority } from "@transpod/store/priority.ts";
import { pendingFile } from "@transpod/store/testing.ts";
import { insertTestKey } from "@transpod/test/api-key.ts";
import { startTestApi, type TestApi } from "@transpod/test/test-api.ts";
import { Forecast } from "../forecast/forecast.ts";
import { FileEvents } from "./file-events.ts";

let api: TestApi;
let replica: TestApi;
beforeAll(async () => {
  api = await startTestApi({ AUTH: "on" });
  replica = await startTestApi({ AUTH: "on" }, api);
});
afterAll(async () => {
  await replica.stop();
  await api.stop();
});

const waitOptions = { timeout: 10_000, interval: 20 };
const keyIdOf = (key: string) => parseApiKey(key)!.keyId;

async function open({ url }: TestApi, fileId: string, key: string) {
  const headers = { authorization: `Bearer ${key}` };
  const response = await fetch(`${url}/upload/${fileId}/events`, { headers });
  const stream = { status: response.status, text: "", ended: false };
  void (async () => {
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      stream.text += chunk;
    }
    stream.ended = true;
  })();
  return stream;
}

test("when a key is revoked its streams end on every replica, and those of other keys go on", async () => {
  const { pool } = api.database;
  const { fileId } = await pendingFile(pool);
  const holders = [];
  for (let n = 0; n < 3; n += 1) {
    const key = await insertTestKey(pool, "admin");
    const streams = await Promise.all([api, replica].map((at) => open(at, fileId, key)));
    expect(streams.map(({ status }) => status)).toEqual([200, 200]);
    holders.push({ key, streams });
  }
  const [first, second, other] = holders;

  // A read that was due anyway may end the first key's streams. Only the notification ends the second's.
  for (const { key, streams } of [first!, second!]) {
    const revoked = performance.now();
    await revokeApiKey(pool, keyIdOf(key));
    await vi.waitUntil(() => streams.every(({ ended }) => ended), waitOptions);
    // A beat, which checks all keys, comes every 15 seconds.
    expect(performance.now() - revoked).toBeLessThan(5_000);
    expect((await open(api, fileId, key)).status).toBe(401);
  }

  const shown = second!.streams.map(({ text }) => text);
  const ahead = await pendingFile(pool);
  await setPriority(pool, ahead.fileId, 9);
  await vi.waitUntil(
    () => other!.streams.every(({ text }) => text.includes('"queue_position":2')),
    waitOptions,
  );
  expect(other!.streams.map(({ ended }) => ended)).toEqual([false, false]);
  expect(second!.streams.map(({ text }) => text)).toEqual(shown);
});

test("a stream ends when the notification of its key was lost, or came before the stream was open", async () => {
  const { pool, url } = api.database;
  const log = createLogger({ service: "test", level: "silent" });
  const forecast = new Forecast({ pool, log });
  const events = new FileEvents({ pool, forecast, registry: createRegistry(), log });
  const { fileId } = await pendingFile(pool);
  const [key, late] = [
    keyIdOf(await insertTestKey(pool, "read")),
    keyIdOf(await insertTestKey(pool, "read")),
  ];
  const [stopped, seen] = [[] as string[], [] as string[]];
  const watch = (keyId: string) =>
    events.watch(
      { fileId, keyId, session: null },
      {
        onFile: () => void seen.push(keyId),
        onBeat: () => {},
        onStop: () => void stopped.push(keyId),
      },
    );
  await revokeApiKey(pool, late);
  watch(late);
  await vi.waitUntil(() => stopped.includes(late), waitOptions);

  const service = events.listen(url, 20);
  watch(key);
  await vi.waitUntil(() => seen.includes(key), waitOptions);
  await pool.query("update api_keys set revoked_at = now() where key_id = $1", [key]);
  await vi.waitUntil(() => stopped.includes(key), waitOptions);
  expect(seen).not.toContain(late);
  await service.stop();
  expect(stopped).toEqual([late, key]);
});
