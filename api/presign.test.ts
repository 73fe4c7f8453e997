import {
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { expect, test } from "vitest";
import { createS3 } from "@transpod/runtime/aws.ts";
import { lifetimeSeconds, signUrl, type ObjectRequest } from "./presign.ts";

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

const request = { operation: "GetObject", bucket: "bucket", key: "key" } as const;

test("the URL itself ends with the credentials that signed it", async () => {
  const expiration = new Date(Date.now() + 300_000);
  const credentials = { accessKeyId: "a", secretAccessKey: "b", sessionToken: "c", expiration };
  const s3 = new S3Client({ region: "us-east-1", credentials: async () => credentials });
  const { url, expiresAt } = await signUrl(s3, request, 3600);
  expect(Number(new URL(url).searchParams.get("X-Amz-Expires"))).toBeLessThanOrEqual(300);
  expect(expiresAt.getTime()).toBeLessThanOrEqual(expiration.getTime());
});

test("without credentials the client is asked to try again", async () => {
  const credentials = () => Promise.reject(new Error("no credentials"));
  const s3 = new S3Client({ region: "us-east-1", credentials });
  await expect(signUrl(s3, request, 3600)).rejects.toMatchObject({ status: 503 });
});

const target = { Bucket: "videos", Key: "été & it's 100% (1)!*-0b0f2c0e.mov" };
const sameTarget = { bucket: target.Bucket, key: target.Key };
const size = { "Content-Length": "5" };
const sameRequests: [
  string,
  ObjectRequest,
  GetObjectCommand | PutObjectCommand | UploadPartCommand,
][] = [
  ["a PUT", { operation: "PutObject", ...sameTarget }, new PutObjectCommand(target)],
  [
    "a PUT with headers",
    {
      operation: "PutObject",
      ...sameTarget,
      headers: { ...size, "Content-Type": "video/mp4", "If-None-Match": "*" },
    },
    new PutObjectCommand({
      ...target,
      ...{ ContentLength: 5, ContentType: "video/mp4", IfNoneMatch: "*" },
    }),
  ],
  [
    "a part",
    {
      operation: "UploadPart",
      ...sameTarget,
      headers: size,
      query: { partNumber: "2", uploadId: "a/b+c" },
    },
    new UploadPartCommand({ ...target, PartNumber: 2, UploadId: "a/b+c", ContentLength: 5 }),
  ],
  [
    "a GET",
    {
      operation: "GetObject",
      ...sameTarget,
      query: { "response-content-disposition": 'attachment; filename="a b"', versionId: "v+1" },
    },
    new GetObjectCommand({
      ...target,
      ...{ ResponseContentDisposition: 'attachment; filename="a b"', VersionId: "v+1" },
    }),
  ],
];
const places = [
  ["AWS", {}],
  ["an emulator", { endpoint: "http://127.0.0.1:4566" }],
  ["a path", { endpoint: "https://s3.example.com/store" }],
] as const;

test.for(
  places.flatMap(([place, options]) =>
    sameRequests.map(([name, ours, theirs]) => ({
      name: `${name} at ${place}`,
      ours,
      theirs,
      options,
    })),
  ),
)("the URL is that of the SDK: $name", async ({ ours, theirs, options }) => {
  const credentials = { accessKeyId: "a", secretAccessKey: "b", sessionToken: "c" };
  const s3 = createS3({ region: "eu-west-3", credentials, ...options });
  const { url, expiresAt } = await signUrl(s3, ours, 600);
  const signingDate = new Date(expiresAt.getTime() - 600_000);
  // Without it the SDK does not sign Content-Type, and with it always: it then makes one up.
  const hasType = ours.headers?.["Content-Type"] !== undefined;
  // The type accepts only one kind of command.
  const command = theirs as GetObjectCommand;
  const expected = await getSignedUrl(s3, command, {
    ...{ expiresIn: 600, signingDate },
    ...(hasType ? { signableHeaders: new Set(["content-type"]) } : {}),
  });
  const parametersOf = (text: string) => Object.fromEntries(new URL(text).searchParams);
  expect(new URL(url).pathname).toBe(new URL(expected).pathname);
  expect(parametersOf(url)).toEqual(parametersOf(expected));
  expect(new URL(url).host).toBe(new URL(expected).host);
});
