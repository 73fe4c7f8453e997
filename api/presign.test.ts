import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { lifetimeSeconds, signUrl } from "./presign.ts";

const now = new Date("2026-01-31T12:00:00.900Z");

test.for([
  ["credentials that last for ever", undefined, 3600],
  ["credentials that outlive the URL", "2026-01-31T14:00:00Z", 3600],
  ["credentials that end before it", "2026-01-31T12:10:00Z", 599],
] as const)("a URL of one hour, %s", ([, expiration, seconds]) => {
  const expires = expiration === undefined ? undefined : new Date(expiration);
  expect(lifetimeSeconds(3600, now, expires)).toBe(seconds);
});

test("expired credentials sign nothing", () => {
  expect(() => lifetimeSeconds(3600, now, now)).toThrow("can't sign URLs right now");
});

const command = new GetObjectCommand({ Bucket: "bucket", Key: "key" });

test("the URL itself ends with the credentials that signed it", async () => {
  const expiration = new Date(Date.now() + 300_000);
  const credentials = { accessKeyId: "a", secretAccessKey: "b", sessionToken: "c", expiration };
  const s3 = new S3Client({ region: "us-east-1", credentials: async () => credentials });
  const { url, expiresAt } = await signUrl(s3, command, 3600);
  expect(Number(new URL(url).searchParams.get("X-Amz-Expires"))).toBeLessThanOrEqual(300);
  expect(expiresAt.getTime()).toBeLessThanOrEqual(expiration.getTime());
});

test("without credentials the client is asked to try again", async () => {
  const credentials = () => Promise.reject(new Error("no credentials"));
  const s3 = new S3Client({ region: "us-east-1", credentials });
  await expect(signUrl(s3, command, 3600)).rejects.toMatchObject({ status: 503 });
});
