import { randomUUID } from "node:crypto";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { posterKey, stillKey } from "@transpod/contract/object-keys.ts";
import type { Still } from "@transpod/contract/work-protocol.ts";
import { claimedFile, resultOf } from "@transpod/store/testing.ts";
import { completeFile } from "@transpod/store/work.ts";
import { startTestApi, type TestApi } from "@transpod/test/test-api.ts";
import { cacheSeconds } from "./routes/get-poster.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

const still: Still = { time_seconds: 1.5, width: 640, height: 360 };

/** A completed file whose stills are objects that hold their own keys. */
async function fileWithStills(stills?: Still[]): Promise<string> {
  const { aws, database } = api;
  const ref = await claimedFile(database.pool);
  const pairs = (stills ?? []).flatMap((_, pair) => [
    stillKey(ref, pair, "original"),
    stillKey(ref, pair, "processed"),
  ]);
  for (const Key of [posterKey(ref), ...pairs]) {
    await aws.s3.send(new PutObjectCommand({ Bucket: aws.processedBucket, Key, Body: Key }));
  }
  const result = { ...resultOf(ref), ...(stills === undefined ? {} : { stills }) };
  expect(await completeFile(database.pool, ref, `${ref.fileId}/1-1.mp4`, result)).toBe(true);
  return ref.fileId;
}

interface Listed {
  poster_url: string;
  stills: (Still & { original_url: string; processed_url: string })[];
}

test("stills are listed with URLs that show them", async () => {
  const id = await fileWithStills([still, { ...still, time_seconds: 3 }]);
  const { status, body } = await api.get<Listed>(`/upload/${id}/stills`);
  expect(status).toBe(200);
  expect(body.stills.map(({ time_seconds }) => time_seconds)).toEqual([1.5, 3]);
  const urls = body.stills.flatMap((each) => [each.original_url, each.processed_url]);
  const responses = await Promise.all([body.poster_url, ...urls].map((url) => fetch(url)));
  expect(await Promise.all(responses.map((response) => response.text()))).toEqual(
    ["poster", "0-original", "0-processed", "1-original", "1-processed"].map(
      (name) => `${id}/stills/1-1/${name}.jpg`,
    ),
  );
  expect(responses.map(({ headers }) => headers.get("content-type"))).toEqual(
    Array.from({ length: 5 }, () => "image/jpeg"),
  );
  expect(await api.status(id)).toMatchObject({ stills: 2 });
});

test("the address of a poster is a redirect that may be cached for less than the URL's life", async () => {
  const id = await fileWithStills([still]);
  const response = await fetch(`${api.url}/upload/${id}/poster`, { redirect: "manual" });
  expect(response.status).toBe(302);
  expect(response.headers.get("cache-control")).toMatch(/^private, max-age=(1800|1799)$/);
  const picture = await fetch(response.headers.get("location") ?? "");
  expect(await picture.text()).toBe(`${id}/stills/1-1/poster.jpg`);
});

test("a redirect is not cached when its URL is about to expire", () => {
  expect(cacheSeconds(new Date(1_000), new Date(0))).toBe(0);
  expect(cacheSeconds(new Date(0), new Date(1_000))).toBe(0);
});

test("a result without stills has an empty list and no poster", async () => {
  const id = await fileWithStills();
  expect((await api.get(`/upload/${id}/stills`)).body).toEqual({ poster_url: null, stills: [] });
  const { status, body } = await api.get(`/upload/${id}/poster`);
  expect(status).toBe(404);
  expect(body).toMatchObject({ code: "no_poster" });
  expect(await api.status(id)).toMatchObject({ stills: 0 });
});

test("a file that was announced has no stills yet", async () => {
  const { file_id: id } = await api.announce();
  expect((await api.get(`/upload/${id}/stills`)).body).toEqual({ poster_url: null, stills: [] });
  expect((await api.get(`/upload/${id}/poster`)).body).toMatchObject({ code: "no_poster" });
});

test.for(["stills", "poster"])("%s of a file that nobody announced is not found", async (what) => {
  const { status, body } = await api.get(`/upload/${randomUUID()}/${what}`);
  expect(status).toBe(404);
  expect(body).toMatchObject({ code: "file_not_found" });
});
