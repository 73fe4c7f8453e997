import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { Webhook } from "standardwebhooks";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { fileEventTypes, type FileEventType } from "@transpod/contract/webhooks.ts";
import { createMetrics } from "@transpod/controller/metrics.ts";
import { startDelivery, type Delivery } from "@transpod/controller/webhooks/delivery.ts";
import { createLogger } from "@transpod/runtime/logger.ts";
import { createRegistry } from "@transpod/runtime/metrics.ts";
import { failFile } from "@transpod/store/attempts.ts";
import { cancelFile } from "@transpod/store/cancel.ts";
import { inTransaction } from "@transpod/store/database.ts";
import {
  deleteOldDeliveries,
  listDeliveries,
  replayDelivery,
  type DeliveryRow,
} from "@transpod/store/deliveries.ts";
import { announcedFile, claimedFile, resultOf } from "@transpod/store/testing.ts";
import { deleteFile } from "@transpod/store/tombstones.ts";
import {
  deleteWebhook,
  disableWebhook,
  enableWebhook,
  getWebhook,
  insertWebhook,
} from "@transpod/store/webhooks.ts";
import { completeFile } from "@transpod/store/work.ts";
import { freshDatabase, type TestDatabase } from "./harness.ts";
import { startTestController } from "./test-controller.ts";
import { startReceiver, type Receiver } from "./webhook-receiver.ts";

/** Webhooks for changes of files: the real database and the engine's own delivery to real receivers. */

const waitOptions = { timeout: 30_000, interval: 20 };
const secret = `whsec_${Buffer.alloc(32, "secret").toString("base64")}`;

let db: TestDatabase;
let receiver: Receiver;
let stops: (() => Promise<void>)[];
beforeEach(async () => {
  stops = [];
  db = await freshDatabase();
  receiver = await receive();
});
afterEach(async () => {
  // Receivers first: then a delivery without an answer ends at once.
  for (const stop of stops) await stop();
  await db.drop();
});

async function receive(): Promise<Receiver> {
  const started = await startReceiver();
  stops.unshift(() => started.stop());
  return started;
}

function deliver({ allowPrivate = true } = {}): Delivery {
  const delivery = startDelivery({
    pool: db.pool,
    settings: { webhookAllowPrivate: allowPrivate },
    metrics: createMetrics(createRegistry(), db.pool),
    log: createLogger({ service: "test", level: "silent" }),
  });
  stops.push(() => delivery.stop());
  return delivery;
}

async function webhook(url = receiver.url, events: readonly FileEventType[] = fileEventTypes) {
  const webhook_id = randomUUID();
  await insertWebhook(db.pool, { webhook_id, url, events, secret }, 32);
  return webhook_id;
}

async function cancelledFile(): Promise<string> {
  const { file_id } = await announcedFile(db.pool);
  await cancelFile(db.pool, file_id);
  return file_id;
}

async function completedFile(): Promise<string> {
  const ref = await claimedFile(db.pool);
  await completeFile(db.pool, ref, `${ref.fileId}.mp4`, resultOf(ref));
  return ref.fileId;
}

/** The oldest first. */
async function deliveriesOf(webhookId: string): Promise<DeliveryRow[]> {
  const all = { status: undefined, before: undefined, limit: 100 };
  return (await listDeliveries(db.pool, webhookId, all)).toReversed();
}

/** Sends due deliveries until a condition holds. */
async function until(delivery: Delivery, condition: () => Promise<boolean> | boolean) {
  await vi.waitUntil(async () => {
    await delivery.look();
    return await condition();
  }, waitOptions);
}

/** Until every delivery of a webhook was tried, or waits for an earlier one. */
async function untilTried(delivery: Delivery, webhookId: string, tries = 1) {
  await until(delivery, async () => {
    const files = new Set<string | undefined>();
    for (const { payload, ...row } of await deliveriesOf(webhookId)) {
      const behind = row.status === "pending" && files.has(payload.data.file_id);
      if (!behind && row.tries < tries) return false;
      if (row.status === "pending") files.add(payload.data.file_id);
    }
    return true;
  });
}

/** Ends the backoff of all waiting deliveries. */
async function skipBackoff(): Promise<void> {
  await db.pool.query("update deliveries set next_try_at = now() where status = 'pending'");
}

test("each event of a file arrives once, in order, and its signature can be verified", async () => {
  const id = await webhook();
  const fileId = await completedFile();
  await deleteFile(db.pool, fileId);
  const delivery = deliver();
  await until(delivery, () => receiver.received.length === 3);
  expect(receiver.typesOf(fileId)).toEqual(["file.processing", "file.completed", "file.deleted"]);
  for (const { headers, body, event } of receiver.received) {
    expect(new Webhook(secret).verify(body, headers as Record<string, string>)).toEqual(event);
    expect(headers["content-type"]).toBe("application/json");
  }
  const { event, id: messageId } = receiver.received[1]!;
  expect(event).toEqual({
    type: "file.completed",
    timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
    data: {
      file_id: fileId,
      file_name: "holiday.mp4",
      processing_status: "completed",
      attempt: 1,
      failure: null,
    },
  });
  await until(delivery, async () =>
    (await deliveriesOf(id)).every(({ status }) => status === "delivered"),
  );
  expect((await deliveriesOf(id))[1]).toMatchObject({
    delivery_id: messageId,
    tries: 1,
    last_http_status: 204,
    last_error: null,
  });
});

test("a webhook is told of what it asked for, with the reason of a failure", async () => {
  const id = await webhook(receiver.url, ["file.failed"]);
  await cancelledFile();
  const ref = await claimedFile(db.pool);
  await inTransaction(db.pool, (client) =>
    failFile(client, ref, { code: "truncated", detail: "It is cut off.", counted: true }),
  );
  const deliveries = await deliveriesOf(id);
  expect(deliveries.map(({ payload }) => [payload.type, payload.data.failure])).toEqual([
    ["file.failed", { code: "truncated", detail: "It is cut off." }],
  ]);
});

test("what is rolled back is told to nobody", async () => {
  const id = await webhook();
  const { file_id } = await announcedFile(db.pool);
  const undone = inTransaction(db.pool, async (client) => {
    await client.query("update files set state = 'cancelled' where file_id = $1", [file_id]);
    throw new Error("undone");
  });
  await expect(undone).rejects.toThrow("undone");
  expect(await deliveriesOf(id)).toEqual([]);
});

test("events wait for an earlier one of the same file, but not for another file's", async () => {
  const id = await webhook();
  const stuck = await completedFile();
  const flowing = await completedFile();
  receiver.respond = ({ event }, response) => {
    response.writeHead(event.data.file_id === stuck ? 500 : 200).end();
  };
  const delivery = deliver();
  await untilTried(delivery, id);
  await skipBackoff();
  await untilTried(delivery, id, 1);
  await until(delivery, () => receiver.typesOf(stuck).length === 2);
  expect(receiver.typesOf(stuck)).toEqual(["file.processing", "file.processing"]);
  expect(receiver.typesOf(flowing)).toEqual(["file.processing", "file.completed"]);
  await until(delivery, async () => (await deliveriesOf(id))[0]?.tries === 2);
  const [first, second] = await deliveriesOf(id);
  expect(first).toMatchObject({
    status: "pending",
    last_http_status: 500,
    last_error: "The receiver answered 500.",
  });
  expect(second).toMatchObject({ status: "pending", tries: 0, next_try_at: first?.next_try_at });

  receiver.respond = (_received, response) => void response.writeHead(200).end();
  await skipBackoff();
  await until(delivery, () => receiver.typesOf(stuck).includes("file.completed"));
  expect(receiver.typesOf(stuck).slice(2)).toEqual(["file.processing", "file.completed"]);
});

test("after a day it is given up, says why, and holds up no later event", async () => {
  const id = await webhook();
  const fileId = await completedFile();
  receiver.respond = ({ event }, response) => {
    response.writeHead(event.type === "file.processing" ? 503 : 200).end();
  };
  const delivery = deliver();
  await untilTried(delivery, id);
  expect(await secondsToNextTry(id)).toBeGreaterThan(0);
  expect(await secondsToNextTry(id)).toBeLessThanOrEqual(6);
  await db.pool.query(
    `update deliveries set first_tried_at = now() - interval '24 hours', tries = 20
     where first_tried_at is not null`,
  );
  await skipBackoff();
  await until(delivery, () => receiver.typesOf(fileId).includes("file.completed"));
  expect((await deliveriesOf(id))[0]).toMatchObject({
    status: "failed",
    tries: 21,
    last_error: "The receiver answered 503.",
    ended_at: expect.any(Date) as Date,
  });
});

async function secondsToNextTry(webhookId: string): Promise<number | undefined> {
  const { rows } = await db.pool.query<{ seconds: number }>(
    `select extract(epoch from next_try_at - now())::float8 as seconds from deliveries
     where webhook_id = $1 and tries > 0 and status = 'pending'`,
    [webhookId],
  );
  return rows[0]?.seconds;
}

test("a replay sends the same event with the same id, and has a day again", async () => {
  const id = await webhook();
  await cancelledFile();
  const delivery = deliver();
  await untilTried(delivery, id);
  const [sent] = await deliveriesOf(id);
  await db.pool.query("update deliveries set first_tried_at = now() - interval '2 days'");
  receiver.respond = (_received, response) => void response.writeHead(500).end();
  expect(await replayDelivery(db.pool, id, sent!.delivery_id)).toMatchObject({ tries: 0 });
  await untilTried(delivery, id);
  expect((await deliveriesOf(id))[0]).toMatchObject({ status: "pending", tries: 1 });
  const [first, again] = receiver.received;
  expect([again?.id, again?.body]).toEqual([first?.id, first?.body]);
  expect(await replayDelivery(db.pool, await webhook(), sent!.delivery_id)).toBeUndefined();
});

test.for([
  ["429, with seconds", 429, (): string => "600"],
  ["503, with a date", 503, (): string => new Date(Date.now() + 600_000).toUTCString()],
] as const)(
  "a receiver that says when to come back is sent nothing until then: %s",
  async ([, status, retryAfter]) => {
    const id = await webhook();
    const asked = await cancelledFile();
    receiver.respond = (_received, response) =>
      void response.writeHead(status, { "Retry-After": retryAfter() }).end();
    const delivery = deliver();
    await untilTried(delivery, id);
    const [first] = await deliveriesOf(id);
    expect(first).toMatchObject({ status: "pending", last_http_status: status });
    const { paused_until } = (await getWebhook(db.pool, id))!;
    for (const time of [first!.next_try_at, paused_until!]) {
      expect(time.getTime() - Date.now()).toBeGreaterThan(500_000);
      expect(time.getTime() - Date.now()).toBeLessThan(610_000);
    }

    receiver.respond = (_received, response) => void response.writeHead(200).end();
    const other = await receive();
    const unasked = await webhook(other.url);
    const later = await cancelledFile();
    // What is due by itself waits too, and holds up no other receiver.
    await skipBackoff();
    await untilTried(delivery, unasked);
    expect(receiver.received).toHaveLength(1);

    await db.pool.query("update webhooks set paused_until = now()");
    await until(delivery, () => receiver.received.length === 3);
    expect(receiver.received.slice(1).map(({ event }) => event.data.file_id)).toEqual(
      expect.arrayContaining([asked, later]),
    );
    expect((await getWebhook(db.pool, id))?.paused_until).toBeNull();
  },
);

test("a receiver that would not be sent anything for a week is sent the next one in an hour", async () => {
  const id = await webhook();
  await cancelledFile();
  receiver.respond = (_received, response) =>
    void response.writeHead(503, { "Retry-After": String(7 * 24 * 3600) }).end();
  await untilTried(deliver(), id);
  expect(await secondsToNextTry(id)).toBeGreaterThan(3_500);
  expect(await secondsToNextTry(id)).toBeLessThanOrEqual(3_600);
});

test("a receiver that is gone is sent nothing any more", async () => {
  const id = await webhook();
  const fileId = await completedFile();
  receiver.respond = (_received, response) => void response.writeHead(410).end();
  const delivery = deliver();
  await until(delivery, async () => (await getWebhook(db.pool, id))?.disabled_at instanceof Date);
  await deleteFile(db.pool, fileId);
  await delivery.look();
  const deliveries = await deliveriesOf(id);
  expect(deliveries.map(({ status, last_error }) => [status, last_error])).toEqual([
    ["failed", "The receiver answered 410."],
    ["failed", "The receiver is gone: it answered 410 to another delivery."],
    ["failed", "The webhook was disabled."],
  ]);
  expect(receiver.received).toHaveLength(1);
});

test("once it is enabled again, a webhook is sent what happens then, and the rest when that is replayed", async () => {
  const id = await webhook();
  const waiting = await cancelledFile();
  expect(await disableWebhook(db.pool, id, "The webhook was disabled.")).toBe(true);
  const meanwhile = await cancelledFile();
  expect(await enableWebhook(db.pool, id)).toBe(true);
  const afterwards = await cancelledFile();
  const delivery = deliver();
  await until(delivery, async () => (await deliveriesOf(id)).at(-1)?.status === "delivered");
  const sent = () => receiver.received.map(({ event }) => event.data.file_id);
  expect(sent()).toEqual([afterwards]);

  for (const { delivery_id, status } of await deliveriesOf(id)) {
    if (status === "failed") await replayDelivery(db.pool, id, delivery_id);
  }
  await until(delivery, () => receiver.received.length === 3);
  expect(new Set(sent())).toEqual(new Set([waiting, meanwhile, afterwards]));
});

test("a receiver that does not answer holds up nobody else", async () => {
  const dead = await receive();
  dead.respond = () => {};
  await webhook(dead.url);
  const files = await Promise.all(Array.from({ length: 12 }, cancelledFile));
  const living = await webhook();
  files.push(...(await Promise.all(Array.from({ length: 12 }, cancelledFile))));
  const delivery = deliver();
  await until(delivery, async () =>
    (await deliveriesOf(living)).every(({ status }) => status === "delivered"),
  );
  expect(receiver.received).toHaveLength(12);
  // As many as are sent in parallel; their answers have not come yet.
  expect(dead.received).toHaveLength(4);
});

test("a redirect is not followed", async () => {
  const inside = await receive();
  const id = await webhook();
  await cancelledFile();
  receiver.respond = (_received, response) =>
    void response.writeHead(307, { Location: inside.url }).end();
  await untilTried(deliver(), id);
  expect((await deliveriesOf(id))[0]).toMatchObject({ status: "pending", last_http_status: 307 });
  expect((await deliveriesOf(id))[0]?.last_error).toContain("Redirects are not followed");
  expect(inside.received).toEqual([]);
});

test.for(["127.0.0.1", "localhost", "[::ffff:127.0.0.1]"])(
  "nothing is sent into private networks unless that is allowed: %s",
  async (host) => {
    const id = await webhook(receiver.url.replace("127.0.0.1", host));
    await cancelledFile();
    const refusing = deliver({ allowPrivate: false });
    await untilTried(refusing, id);
    // Otherwise it might take the delivery below once more, which then waits out another backoff.
    await refusing.stop();
    expect((await deliveriesOf(id))[0]).toMatchObject({
      status: "pending",
      last_http_status: null,
    });
    expect((await deliveriesOf(id))[0]?.last_error).toContain("WEBHOOK_ALLOW_PRIVATE=on");
    expect(receiver.received).toEqual([]);
    await skipBackoff();
    await until(deliver(), () => receiver.received.length === 1);
  },
);

test("a receiver that is not there is named with the system's reason", async () => {
  const id = await webhook("http://127.0.0.1:1/");
  await cancelledFile();
  await untilTried(deliver(), id);
  expect((await deliveriesOf(id))[0]?.last_error).toBe(
    "The receiver can't be reached: nothing listens there (ECONNREFUSED).",
  );
});

test("an answer without an end is not read to it", async () => {
  const id = await webhook();
  await cancelledFile();
  receiver.respond = (_received, response) => {
    response.writeHead(200);
    const flood = () => void (response.destroyed || response.write("x".repeat(65_536), flood));
    flood();
  };
  const started = performance.now();
  const delivery = deliver();
  await until(delivery, async () => (await deliveriesOf(id))[0]?.status === "delivered");
  expect(performance.now() - started).toBeLessThan(9_000);
});

test("killed between sending and writing that down, it is sent again with the same id", async () => {
  const id = await webhook();
  const fileId = await completedFile();
  receiver.respond = () => {};
  const entry = fileURLToPath(new URL("deliver-process.ts", import.meta.url));
  const child = spawn(process.execPath, [entry], {
    env: { ...process.env, DATABASE_URL: db.url },
    stdio: "inherit",
  });
  stops.push(async () => void child.kill("SIGKILL"));
  await vi.waitUntil(() => receiver.received.length === 1, waitOptions);
  child.kill("SIGKILL");
  await once(child, "close");

  const delivery = deliver();
  receiver.respond = (_received, response) => void response.writeHead(200).end();
  await delivery.look();
  // It holds the lease of the delivery for some time.
  expect(await deliveriesOf(id)).toMatchObject([{ tries: 0 }, { tries: 0 }]);
  await skipBackoff();
  await until(delivery, () => receiver.typesOf(fileId).includes("file.completed"));
  const types = ["file.processing", "file.processing", "file.completed"];
  expect(receiver.typesOf(fileId)).toEqual(types);
  expect(receiver.received[1]?.id).toBe(receiver.received[0]?.id);
});

test("two controllers at once send everything once, in order", async () => {
  await webhook();
  const files: string[] = [];
  for (let n = 0; n < 15; n += 1) files.push(await completedFile());
  const [one, another] = [deliver(), deliver()];
  await until(one, async () => {
    await another.look();
    return receiver.received.length >= 2 * files.length;
  });
  expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(receiver.received.length);
  for (const fileId of files) {
    expect(receiver.typesOf(fileId)).toEqual(["file.processing", "file.completed"]);
  }
});

test("what ended long ago is forgotten, what waits is not", async () => {
  const id = await webhook();
  await completedFile();
  await cancelledFile();
  await db.pool.query(
    `update deliveries set status = 'failed', ended_at = now() - interval '31 days'
     where payload->>'type' = 'file.completed'`,
  );
  await db.pool.query("update deliveries set created_at = now() - interval '31 days'");
  await deleteOldDeliveries(db.pool, 30, 1_000);
  const types = (await deliveriesOf(id)).map(({ payload }) => payload.type);
  expect(types).toEqual(["file.processing", "file.cancelled"]);
});

test("a webhook that is deleted meanwhile fails no file", async () => {
  for (let round = 0; round < 20; round += 1) {
    const [id, { file_id }] = [await webhook(), await announcedFile(db.pool)];
    const [deleted, cancelled] = await Promise.all([
      deleteWebhook(db.pool, id),
      cancelFile(db.pool, file_id),
    ]);
    expect([deleted, cancelled]).toEqual([true, true]);
    expect(await deliveriesOf(id)).toEqual([]);
  }
});

test("the leading controller tells of a file as it goes, without waiting for a sweep", async () => {
  const transpod = await startTestController({ webhookAllowPrivate: true, sweepSeconds: 3600 });
  stops.push(() => transpod.stop());
  const given = { webhook_id: randomUUID(), url: receiver.url, events: fileEventTypes, secret };
  await insertWebhook(transpod.pool, given, 32);
  const file = await transpod.announce("holiday.mp4");
  await transpod.put(file);
  await vi.waitUntil(() => receiver.typesOf(file.file_id).includes("file.completed"), waitOptions);
  expect(receiver.typesOf(file.file_id)).toEqual(["file.processing", "file.completed"]);
});
