import { z } from "zod";

/**
 * The parts of an S3 event notification that we read.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 */
const objectCreated = z.object({
  eventTime: z.iso.datetime({ offset: true }).optional(),
  s3: z.object({
    bucket: z.object({ name: z.string() }),
    object: z.object({
      key: z.string(),
      size: z.number().int().nonnegative(),
      eTag: z.string(),
      versionId: z.string().optional(),
    }),
  }),
});

const notification = z.object({ Records: z.array(z.looseObject({ eventName: z.string() })) });
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

/** `bad` says why a record can't be read. The other records of the message are still used. */
export type S3Message =
  | { kind: "objects"; objects: ObjectCreated[]; bad: string[] }
  | { kind: "test" }
  /** It names no object, so reading it again later would find nothing. */
  | { kind: "no_records"; why: string }
  | { kind: "unparseable"; why: string };

/** Reads the body of a queue message. Never throws: a body that can't be read is a value too. */
export function parseS3Message(body: string): S3Message {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return { kind: "unparseable", why: "not JSON" };
  }
  if (testEvent.safeParse(json).success) return { kind: "test" };
  if (isObject(json) && !("Records" in json)) return { kind: "no_records", why: "no Records" };
  const parsed = notification.safeParse(json);
  if (!parsed.success) return { kind: "unparseable", why: z.prettifyError(parsed.error) };
  const created = parsed.data.Records.filter((r) => /^(s3:)?ObjectCreated:/.test(r.eventName));
  const read = created.map(readRecord);
  const objects = read.filter((one) => typeof one !== "string");
  const bad = read.filter((one) => typeof one === "string");
  const [why] = bad;
  if (objects.length === 0 && why !== undefined) return { kind: "unparseable", why };
  return { kind: "objects", objects, bad };
}

function isObject(json: unknown): json is object {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}

/** The object, or why it can't be read. */
function readRecord(record: unknown): ObjectCreated | string {
  const parsed = objectCreated.safeParse(record);
  if (!parsed.success) return z.prettifyError(parsed.error);
  try {
    return toObject(parsed.data);
  } catch (error) {
    return String(error);
  }
}

function toObject({
  eventTime,
  s3: { bucket, object },
}: z.infer<typeof objectCreated>): ObjectCreated {
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
function decodeKey(key: string): string {
  return decodeURIComponent(key.replaceAll("+", " "));
}

/** The message S3 would have sent: the sweep sends it when S3's own message did not come. */
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
