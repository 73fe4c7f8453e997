import { z } from "zod";

/**
 * The parts of an S3 event notification that we read.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 */
const record = z.object({
  eventName: z.string(),
  eventTime: z.iso.datetime({ offset: true }).optional(),
  s3: z.object({
    bucket: z.object({ name: z.string() }),
    object: z.object({
      key: z.string(),
      size: z.int().nonnegative(),
      eTag: z.string(),
      versionId: z.string().optional(),
    }),
  }),
});

const notification = z.object({ Records: z.array(record) });
const testEvent = z.object({ Event: z.literal("s3:TestEvent") });

/** An object version that arrived. `key` is decoded; `version_id` is "" in an unversioned bucket. */
export interface ObjectCreated {
  bucket: string;
  key: string;
  version_id: string;
  etag: string;
  size_bytes: number;
  event_time: string | null;
}

export type S3Message =
  | { kind: "objects"; objects: ObjectCreated[] }
  | { kind: "test" }
  | { kind: "unparseable"; why: string };

/** Reads the body of a queue message. Never throws: what we can't read is a value. */
export function parseS3Message(body: string): S3Message {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return { kind: "unparseable", why: "not JSON" };
  }
  if (testEvent.safeParse(json).success) return { kind: "test" };
  const parsed = notification.safeParse(json);
  if (!parsed.success) return { kind: "unparseable", why: z.prettifyError(parsed.error) };
  try {
    const created = parsed.data.Records.filter((r) => /^(s3:)?ObjectCreated:/.test(r.eventName));
    return { kind: "objects", objects: created.map(toObject) };
  } catch (error) {
    return { kind: "unparseable", why: String(error) };
  }
}

function toObject({ eventTime, s3: { bucket, object } }: z.infer<typeof record>): ObjectCreated {
  return {
    bucket: bucket.name,
    key: decodeKey(object.key),
    version_id: object.versionId ?? "",
    etag: object.eTag.replaceAll('"', ""),
    size_bytes: object.size,
    event_time: eventTime ?? null,
  };
}

/** Keys in events are form-encoded: `+` is a space. Throws URIError on a broken escape. */
export function decodeKey(key: string): string {
  return decodeURIComponent(key.replaceAll("+", " "));
}

/** The message S3 would have sent: the sweep sends it when S3's own never came. */
export function s3MessageFor(object: ObjectCreated): string {
  const key = encodeURIComponent(object.key).replaceAll("%20", "+");
  return JSON.stringify({
    Records: [
      {
        eventSource: "transpod:sweep",
        eventName: "ObjectCreated:Put",
        ...(object.event_time === null ? {} : { eventTime: object.event_time }),
        s3: {
          bucket: { name: object.bucket },
          object: {
            key,
            size: object.size_bytes,
            eTag: object.etag,
            versionId: object.version_id,
          },
        },
      },
    ],
  });
}
