import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fileEventTypes } from "@transpod/contract/webhooks.ts";
import { freshDatabase, type TestDatabase } from "@transpod/test/harness.ts";
import { cancelFile } from "./cancel.ts";
import { listDeliveries, recordGone, replayDelivery, takeDelivery } from "./deliveries.ts";
import { announcedFile } from "./testing.ts";
import {
  deleteWebhook,
  disableWebhook,
  dueWebhooks,
  enableWebhook,
  getWebhook,
  insertWebhook,
  pauseWebhook,
} from "./webhooks.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await freshDatabase();
});
afterAll(() => db.drop());

const because = "The webhook was disabled.";
const gone = { http_status: 410, error: "The receiver answered 410." };

async function webhook(): Promise<string> {
  const webhook_id = randomUUID();
  const url = "https://example.com/";
  await insertWebhook(db.pool, { webhook_id, url, events: fileEventTypes, secret: "" }, 100);
  return webhook_id;
}

async function cancelledFile(): Promise<void> {
  const { file_id } = await announcedFile(db.pool);
  await cancelFile(db.pool, file_id);
}

async function statuses(webhookId: string): Promise<string[]> {
  const all = { status: undefined, before: undefined, limit: 1_000 };
  return (await listDeliveries(db.pool, webhookId, all)).map(({ status }) => status);
}

test("while a webhook is disabled and enabled in a race with files, no event is lost and none waits in vain", async () => {
  const id = await webhook();
  const files = await Promise.all(Array.from({ length: 200 }, () => announcedFile(db.pool)));
  const switches = Array.from({ length: 100 }, (_, n) => async () => {
    await (n % 2 === 0 ? disableWebhook(db.pool, id, because) : enableWebhook(db.pool, id));
  });
  const cancels = files.map(
    ({ file_id }) =>
      () =>
        cancelFile(db.pool, file_id),
  );
  const both = cancels.flatMap((cancel, n) =>
    n % 2 === 0 ? [cancel, switches[n / 2]!] : [cancel],
  );
  await Promise.all(both.map((act) => act()));
  expect(await statuses(id)).toHaveLength(files.length);

  for (let round = 0; round < 50; round += 1) {
    await enableWebhook(db.pool, id);
    const { file_id } = await announcedFile(db.pool);
    await Promise.all([disableWebhook(db.pool, id, because), cancelFile(db.pool, file_id)]);
    expect(new Set(await statuses(id))).toEqual(new Set(["failed"]));
  }
  await deleteWebhook(db.pool, id);
});

test("of twenty who enable it at once, one did; so with those who disable it", async () => {
  const id = await webhook();
  for (const change of [
    () => disableWebhook(db.pool, id, because),
    () => enableWebhook(db.pool, id),
  ]) {
    const done = await Promise.all(Array.from({ length: 20 }, change));
    expect(done.filter(Boolean)).toHaveLength(1);
  }
  expect(await enableWebhook(db.pool, randomUUID())).toBe(false);
  expect(await disableWebhook(db.pool, randomUUID(), because)).toBe(false);
  await deleteWebhook(db.pool, id);
});

test("a 410 that comes late disables no webhook that was enabled since", async () => {
  const id = await webhook();
  await cancelledFile();
  const taken = (await takeDelivery(db.pool, id, 30))!;
  await disableWebhook(db.pool, id, because);
  await enableWebhook(db.pool, id);
  expect(await recordGone(db.pool, taken, gone)).toBe(false);
  await replayDelivery(db.pool, id, taken.delivery_id);
  expect(await recordGone(db.pool, taken, gone)).toBe(false);
  expect(await getWebhook(db.pool, id)).toMatchObject({ disabled_at: null });
  expect(await statuses(id)).toEqual(["pending"]);
  const again = (await takeDelivery(db.pool, id, 30))!;
  expect(await recordGone(db.pool, again, gone)).toBe(true);
  expect(await getWebhook(db.pool, id)).toMatchObject({ disabled_at: expect.any(Date) as Date });
  await deleteWebhook(db.pool, id);
});

test("nothing is taken during a pause, which only grows until the webhook is enabled", async () => {
  const id = await webhook();
  await cancelledFile();
  await pauseWebhook(db.pool, id, 600);
  await pauseWebhook(db.pool, id, 1);
  const { paused_until } = (await getWebhook(db.pool, id))!;
  expect(paused_until!.getTime()).toBeGreaterThan(Date.now() + 500_000);
  expect(await dueWebhooks(db.pool)).toEqual([]);
  expect(await takeDelivery(db.pool, id, 30)).toBeUndefined();
  expect(await enableWebhook(db.pool, id)).toBe(true);
  expect(await enableWebhook(db.pool, id)).toBe(false);
  expect(await dueWebhooks(db.pool)).toEqual([id]);
  expect(await takeDelivery(db.pool, id, 30)).toBeDefined();
});
