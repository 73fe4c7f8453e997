import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import {
  fileEventTypes,
  maxWebhooks,
  type Delivery,
  type DeliveryList,
  type Webhook,
  type WebhookCreated,
  type WebhookList,
} from "@transpod/contract/webhooks.ts";
import { listAudit } from "@transpod/store/audit-log.ts";
import { pauseWebhook } from "@transpod/store/webhooks.ts";
import { startTestApi, type TestApi } from "@transpod/test/test-api.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
beforeEach(() => api.database.pool.query("delete from webhooks"));
afterAll(() => api.stop());

const url = "https://example.com/hooks/video?token=hush";

async function create(fields: Record<string, unknown> = {}): Promise<WebhookCreated> {
  const { status, body } = await api.post<WebhookCreated>("/webhooks", { url, ...fields });
  expect(status).toBe(201);
  return body;
}

async function deliveries(webhookId: string, query = ""): Promise<DeliveryList> {
  return (await api.get<DeliveryList>(`/webhooks/${webhookId}/deliveries${query}`)).body;
}

const remove = (path: string) => api.request(path, { method: "DELETE" });
const update = (webhookId: string, body: unknown) =>
  api.request<Webhook>(`/webhooks/${webhookId}`, {
    method: "PATCH",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });

test("a webhook is created, listed without its secret, and deleted", async () => {
  const { secret, ...webhook } = await create({ events: ["file.failed", "file.failed"] });
  expect(webhook).toMatchObject({
    ...{ url, events: ["file.failed"], enabled: true },
    ...{ disabled_at: null, paused_until: null },
  });
  expect(Buffer.from(secret.replace(/^whsec_/, ""), "base64")).toHaveLength(32);
  const everything = await create();
  expect(everything.events).toEqual(fileEventTypes);
  expect(everything.secret).not.toBe(secret);

  const { body } = await api.get<WebhookList>("/webhooks");
  const { secret: _shownOnce, ...listed } = everything;
  expect(body.webhooks).toEqual([webhook, listed]);

  const path = `/webhooks/${webhook.webhook_id}`;
  expect((await remove(path)).status).toBe(204);
  expect(await remove(path)).toMatchObject({ status: 404, body: { code: "webhook_not_found" } });
  expect((await api.get<WebhookList>("/webhooks")).body.webhooks).toEqual([listed]);
});

test("neither a secret nor a URL is logged", async () => {
  const { webhook_id, secret } = await create();
  const log = JSON.stringify(api.logged());
  expect(log).toContain(webhook_id);
  expect(log).not.toContain(secret);
  expect(log).not.toContain("hush");
});

test.for([
  [{}, "url: This is missing."],
  [{ url: "example.com/hook" }, "begins with https:// or http://"],
  [{ url: "ftp://example.com/" }, "begins with https:// or http://"],
  [{ url: "http://2130706433/" }, "begins with https:// or http://"],
  [{ url: "file:///etc/passwd" }, "begins with https:// or http://"],
  [{ url: "https://user:word@example.com/" }, "contains a user name or a password"],
  [{ url: "https://user@example.com/" }, "contains a user name or a password"],
  [{ url: `https://example.com/${"x".repeat(2048)}` }, "longer than 2048 characters"],
  [{ url, events: [] }, "omit `events`"],
  [{ url, events: ["file.vanished"] }, "Give one of file.processing"],
  [{ url, secret: "mine" }, "There is no field secret."],
] as const)("%j is refused", async ([body, sentence]) => {
  const answer = await api.post("/webhooks", body);
  expect(answer).toMatchObject({ status: 422, body: { code: "invalid_request" } });
  expect(answer.body["detail"]).toContain(sentence);
});

test.for([
  "http://127.0.0.1:9000/",
  "http://[::1]/",
  "http://[::ffff:a00:1]/",
  "http://169.254.169.254/latest/meta-data/",
  "https://192.168.1.1/",
  "http://localhost:3000/",
  "http://hook.localhost./",
])("%s is refused as private", async (privateUrl) => {
  const answer = await api.post("/webhooks", { url: privateUrl });
  expect(answer).toMatchObject({ status: 422, body: { code: "private_address" } });
  expect(answer.body["detail"]).toContain("WEBHOOK_ALLOW_PRIVATE=on");
});

test("private addresses are taken where that is allowed", async () => {
  const own = await startTestApi({ WEBHOOK_ALLOW_PRIVATE: "on" });
  try {
    const { status } = await own.post("/webhooks", { url: "http://127.0.0.1:9000/" });
    expect(status).toBe(201);
  } finally {
    await own.stop();
  }
});

test("there are no more webhooks than a controller has connections for", async () => {
  for (let n = 0; n < maxWebhooks; n += 1) await create();
  const answer = await api.post("/webhooks", { url });
  expect(answer).toMatchObject({ status: 409, body: { code: "too_many_webhooks" } });
});

test("a test event becomes a delivery, which can be replayed", async () => {
  const { webhook_id } = await create();
  const { status, body: sent } = await api.post<Delivery>(`/webhooks/${webhook_id}/test`, {});
  expect(status).toBe(201);
  expect(sent).toMatchObject({
    status: "pending",
    tries: 0,
    payload: { type: "webhook.test", data: {} },
  });
  await api.database.pool.query(
    `update deliveries set status = 'delivered', tries = 3, ended_at = now()`,
  );
  const [delivered] = (await deliveries(webhook_id)).deliveries;
  expect(delivered).toMatchObject({ status: "delivered", next_try_at: null, tries: 3 });

  const path = `/webhooks/${webhook_id}/deliveries/${sent.delivery_id}/replay`;
  const replayed = await api.post<Delivery>(path, {});
  expect(replayed.status).toBe(200);
  expect(replayed.body).toMatchObject({
    delivery_id: sent.delivery_id,
    payload: sent.payload,
    status: "pending",
    tries: 0,
    ended_at: null,
  });
});

test("deliveries run from the newest to the oldest, in pages, and can be narrowed to one status", async () => {
  const { webhook_id } = await create();
  const oldToNew: string[] = [];
  for (let n = 0; n < 5; n += 1) {
    const { body } = await api.post<Delivery>(`/webhooks/${webhook_id}/test`, {});
    oldToNew.push(body.delivery_id);
  }
  const seen: string[] = [];
  for (let cursor: string | null = ""; cursor !== null;) {
    const page: DeliveryList = await deliveries(
      webhook_id,
      `?limit=2${cursor === "" ? "" : `&cursor=${cursor}`}`,
    );
    seen.push(...page.deliveries.map(({ delivery_id }) => delivery_id));
    cursor = page.next_cursor;
  }
  expect(seen).toEqual(oldToNew.toReversed());

  await api.database.pool.query(
    "update deliveries set status = 'failed', ended_at = now() where delivery_id = $1",
    [oldToNew[2]],
  );
  const failed = await deliveries(webhook_id, "?status=failed");
  expect(failed.deliveries.map(({ delivery_id }) => delivery_id)).toEqual([oldToNew[2]]);
  const other = await create();
  expect((await deliveries(other.webhook_id)).deliveries).toEqual([]);
});

test.for([
  ["?status=lost", "invalid_request"],
  ["?limit=0", "invalid_request"],
  ["?cursor=", "invalid_cursor"],
  ["?cursor=-1", "invalid_cursor"],
  ["?cursor=9999999999999999", "invalid_cursor"],
] as const)("the query %s is refused", async ([query, code]) => {
  const { webhook_id } = await create();
  const answer = await api.get(`/webhooks/${webhook_id}/deliveries${query}`);
  expect(answer).toMatchObject({ status: 422, body: { code } });
});

test("a webhook that is disabled is sent nothing, not even on request, until it is enabled", async () => {
  const { webhook_id } = await create();
  const { body: sent } = await api.post<Delivery>(`/webhooks/${webhook_id}/test`, {});
  const disabled = await update(webhook_id, { enabled: false });
  expect(disabled).toMatchObject({
    status: 200,
    body: { enabled: false, disabled_at: expect.any(String) as string },
  });
  expect((await deliveries(webhook_id)).deliveries).toMatchObject([
    { delivery_id: sent.delivery_id, status: "failed", last_error: "The webhook was disabled." },
  ]);
  for (const path of ["test", `deliveries/${sent.delivery_id}/replay`]) {
    const answer = await api.post(`/webhooks/${webhook_id}/${path}`, {});
    expect(answer).toMatchObject({ status: 409, body: { code: "webhook_disabled" } });
    expect(answer.body["detail"]).toContain(`PATCH /webhooks/${webhook_id}`);
  }
  // Saying it again changes nothing.
  expect((await update(webhook_id, { enabled: false })).body).toEqual(disabled.body);

  const enabled = await update(webhook_id, { enabled: true });
  expect(enabled.body).toEqual({ ...disabled.body, enabled: true, disabled_at: null });
  const { body } = await api.get<WebhookList>("/webhooks");
  expect(body.webhooks).toEqual([enabled.body]);
  const replayed = `/webhooks/${webhook_id}/deliveries/${sent.delivery_id}/replay`;
  expect(await api.post(replayed, {})).toMatchObject({ status: 200, body: { status: "pending" } });
  expect((await api.post(`/webhooks/${webhook_id}/test`, {})).status).toBe(201);
});

test("a pause that the receiver asked for is shown, and over when the webhook is enabled", async () => {
  const { webhook_id } = await create();
  await pauseWebhook(api.database.pool, webhook_id, 600);
  const { body } = await api.get<WebhookList>("/webhooks");
  expect(Date.parse(body.webhooks[0]?.paused_until ?? "")).toBeGreaterThan(Date.now() + 500_000);
  expect((await update(webhook_id, { enabled: true })).body.paused_until).toBeNull();
});

test.for([
  [{}, "enabled: This is missing."],
  [{ enabled: "yes" }, "enabled: "],
  [{ enabled: true, url }, "There is no field url."],
] as const)("to change a webhook by %j is refused", async ([body, sentence]) => {
  const { webhook_id } = await create();
  const answer = await update(webhook_id, body);
  expect(answer).toMatchObject({ status: 422, body: { code: "invalid_request" } });
  expect(answer.body).toMatchObject({ detail: expect.stringContaining(sentence) as string });
});

test("what is not there is not found, and what can't be an id is refused", async () => {
  const { webhook_id } = await create();
  const nowhere = randomUUID();
  const codeOf = async (method: string, path: string) =>
    (await api.request(`/webhooks/${path}`, { method })).body["code"];
  expect(await codeOf("GET", `${nowhere}/deliveries`)).toBe("webhook_not_found");
  expect(await codeOf("POST", `${nowhere}/test`)).toBe("webhook_not_found");
  expect(await codeOf("POST", `${nowhere}/deliveries/${nowhere}/replay`)).toBe("webhook_not_found");
  expect(await codeOf("POST", `${webhook_id}/deliveries/${nowhere}/replay`)).toBe(
    "delivery_not_found",
  );
  expect(await update(nowhere, { enabled: true })).toMatchObject({
    ...{ status: 404, body: { code: "webhook_not_found" } },
  });
  expect(await codeOf("DELETE", "mine")).toBe("invalid_webhook_id");
  expect(await codeOf("POST", `${webhook_id}/deliveries/last/replay`)).toBe("invalid_delivery_id");
});

test("who makes, changes and deletes webhooks is written into the audit log", async () => {
  const { webhook_id } = await create();
  for (const enabled of [false, false, true]) await update(webhook_id, { enabled });
  await remove(`/webhooks/${webhook_id}`);
  await update(webhook_id, { enabled: true });
  const entries = (await listAudit(api.database.pool, 6)).map(({ action, result }) => [
    action,
    result,
  ]);
  expect(entries).toEqual([
    ["createWebhook", "done"],
    ["updateWebhook", "done"],
    ["updateWebhook", "unchanged"],
    ["updateWebhook", "done"],
    ["deleteWebhook", "done"],
    ["updateWebhook", "refused"],
  ]);
});
