import { expect, test } from "vitest";
import { parseS3Message, s3MessageFor, type ObjectCreated } from "./s3-event.ts";

function message(key: string, eventName = "ObjectCreated:Put"): string {
  const object = { key, size: 3, eTag: "abc", versionId: "v1" };
  return JSON.stringify({
    Records: [
      { eventName, eventTime: "2026-01-31T12:00:00.000Z", s3: { bucket: { name: "raw" }, object } },
    ],
  });
}

function keysOf(body: string): string[] {
  const parsed = parseS3Message(body);
  return parsed.kind === "objects" ? parsed.objects.map((object) => object.key) : [parsed.kind];
}

test.each([
  ["a+b.mp4", "a b.mp4"],
  ["a%2Bb.mp4", "a+b.mp4"],
  ["100%25.mp4", "100%.mp4"],
  ["%C3%BC.mp4", "ü.mp4"],
  ["%F0%9F%8E%AC.mp4", "🎬.mp4"],
])("the key %s is decoded once, as %s", (encoded, key) => {
  expect(keysOf(message(encoded))).toEqual([key]);
});

test("events other than ObjectCreated hold nothing for us", () => {
  expect(keysOf(message("a.mp4", "ObjectRemoved:Delete"))).toEqual([]);
  expect(keysOf(message("a.mp4", "s3:ObjectCreated:CompleteMultipartUpload"))).toEqual(["a.mp4"]);
});

test("S3's test event is told from what can't be read", () => {
  expect(keysOf(JSON.stringify({ Service: "Amazon S3", Event: "s3:TestEvent" }))).toEqual(["test"]);
  for (const body of ["", "garbage", "null", "[]", '{"Records":[{}]}', message("%E0%A4%A")]) {
    expect(keysOf(body)).toEqual(["unparseable"]);
  }
});

test("a body without Records tells of nothing, and is told from what can't be read", () => {
  expect(keysOf("{}")).toEqual(["no_records"]);
  expect(keysOf('{"Records":[]}')).toEqual([]);
});

test("a record that can't be read holds up none of its neighbours", () => {
  const { Records: good } = JSON.parse(message("a.mp4")) as { Records: unknown[] };
  const { Records: broken } = JSON.parse(message("%E0%A4%A")) as { Records: unknown[] };
  const removed = { eventName: "ObjectRemoved:Delete", s3: { object: { key: "b.mp4" } } };
  const parsed = parseS3Message(JSON.stringify({ Records: [...broken, removed, ...good] }));
  expect(parsed).toMatchObject({ kind: "objects", objects: [{ key: "a.mp4" }] });
  expect(parsed).toHaveProperty("bad.length", 1);
});

test("the sweep's message reads like the one it stands for", () => {
  const object: ObjectCreated = {
    bucket: "raw",
    key: "süß + 100% 🎬.mp4",
    version_id: "v1",
    etag: "abc",
    size_bytes: 3,
    event_time: "2026-01-31T12:00:00.000Z",
  };
  expect(parseS3Message(s3MessageFor(object))).toEqual({
    kind: "objects",
    objects: [object],
    bad: [],
  });
});
