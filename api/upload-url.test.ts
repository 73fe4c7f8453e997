import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { Problem, UploadResponse } from "@transpod/contract/public-api.ts";
import { markUploaded } from "@transpod/store/sweeps.ts";
import { objectOf } from "@transpod/store/testing.ts";
import { startTestApi, type TestApi } from "@transpod/test/test-api.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi({ UPLOAD_URL_TTL_SECONDS: "1", UPLOAD_EXPIRY_SECONDS: "1" });
});
afterAll(() => api.stop());

const renew = <T = UploadResponse>({ file_id }: { file_id: string }) =>
  api.request<T>(`/upload/${file_id}/url`, { method: "POST" });
const put = async (url: string | null, headers: Record<string, string>) =>
  (await fetch(url!, { method: "PUT", headers, body: "film" })).status;

test("a URL that has expired is replaced by one for the same object, with what was declared", async () => {
  const declared = { size_bytes: 4, content_type: "video/mp4" };
  const first = await api.announce(declared);
  const headers = first.upload_headers;
  await vi.waitUntil(() => Date.now() > Date.parse(first.expires_at) + 1_000, 10_000);
  expect(await put(first.upload_url, headers)).toBe(403);
  const { status, body } = await renew(first);
  expect(status).toBe(200);
  expect(body).toMatchObject({ s3_key: first.s3_key, upload_headers: headers });
  // They live for a second, which is little on a busy machine.
  await vi.waitFor(async () => {
    const { upload_url } = (await renew(first)).body;
    expect(await put(upload_url, headers)).toBe(200);
  }, 20_000);
});

test("a file never expires before its last URL, whatever the settings say", async () => {
  const { expires_at, upload_until } = await api.announce();
  expect(Date.parse(upload_until)).toBeGreaterThan(Date.parse(expires_at));
});

test("a file that waits for no upload gets no URL, and the answer says why", async () => {
  const [cancelled, arrived, deleted, expired] = [
    await api.announce(),
    await api.announce(),
    await api.announce(),
    await api.announce(),
  ];
  await api.request(`/upload/${cancelled.file_id}/cancel`, { method: "POST" });
  await markUploaded(api.database.pool, arrived.file_id, objectOf(arrived));
  await api.request(`/upload/${deleted.file_id}`, { method: "DELETE" });
  await api.database.pool.query(
    "update files set state = 'failed', failure_code = 'upload_expired' where file_id = $1",
    [expired.file_id],
  );
  const said = [];
  for (const file of [cancelled, arrived, deleted, expired]) {
    const { status, body } = await renew<Problem>(file);
    said.push([status, body.code]);
  }
  expect(said).toEqual([
    [409, "file_cancelled"],
    [409, "already_uploaded"],
    [404, "file_deleted"],
    [409, "upload_expired"],
  ]);
  expect(await api.request(`/upload/${expired.file_id}/retry`, { method: "POST" })).toMatchObject({
    status: 409,
    body: { code: "upload_expired", detail: expect.stringContaining("Announce the file again") },
  });
});
