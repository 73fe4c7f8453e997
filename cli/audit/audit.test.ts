import { DeleteObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import type { AttemptRef, LeaseRef } from "@transpod/contract/job-identity.ts";
import { chunkKey, posterKey } from "@transpod/contract/object-keys.ts";
import { deleteObjects } from "@transpod/runtime/delete-objects.ts";
import type { Finding } from "@transpod/store/audit-findings.ts";
import { cancelFile } from "@transpod/store/cancel.ts";
import { storeCut } from "@transpod/store/cuts.ts";
import { expireOriginals, expireResults } from "@transpod/store/retention.ts";
import { beginStills, forgetStills } from "@transpod/store/stills.ts";
import {
  aCut,
  announcedFile,
  arrive,
  claim,
  objectOf,
  reserve,
  resultOf,
} from "@transpod/store/testing.ts";
import { deleteFile, getTombstone, markCleaned } from "@transpod/store/tombstones.ts";
import { completeFile, keepUpload } from "@transpod/store/work.ts";
import {
  freshAws,
  freshDatabase,
  type TestAws,
  type TestDatabase,
} from "@transpod/test/harness.ts";
import { transpod } from "../testing.ts";

vi.setConfig({ testTimeout: 60_000 });

let aws: TestAws;
let db: TestDatabase;
beforeAll(async () => {
  aws = await freshAws();
});
beforeEach(async () => {
  db = await freshDatabase();
  await Promise.all(
    [aws.rawBucket, aws.processedBucket].map((bucket) => deleteObjects(aws.s3, { bucket })),
  );
  return () => db.drop();
});
afterAll(() => aws.s3.destroy());

const runAudit = (args: string[], more: NodeJS.ProcessEnv = {}, input = "") => {
  const env = {
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    DATABASE_URL: db.url,
    S3_ENDPOINT: aws.endpoint,
    S3_RAW_BUCKET: aws.rawBucket,
    S3_PROCESSED_BUCKET: aws.processedBucket,
    ...more,
  };
  return transpod(["audit", ...args], env, input);
};

/** The findings after the settle time; also checks that the exit code agrees. */
async function findings(settleSeconds = 0): Promise<string[]> {
  const { exitCode, stdout } = await runAudit(["--json", "--settle", String(settleSeconds)]);
  const said = JSON.parse(stdout) as { ok: boolean; findings: Finding[] };
  expect(exitCode).toBe(said.ok ? 0 : 1);
  return said.findings.map((one) => `${one.severity} ${one.invariant}: ${one.sentence}`);
}

async function put(bucket: string, Key: string): Promise<string> {
  const body = { Bucket: bucket, Key, Body: "result" };
  return (await aws.s3.send(new PutObjectCommand(body))).VersionId ?? "";
}

interface ClaimedFile {
  ref: LeaseRef;
  rawKey: string;
  version: string;
  key: string;
}

async function claimedFile(): Promise<ClaimedFile> {
  const file = await announcedFile(db.pool);
  const version = await put(aws.rawBucket, file.s3_key);
  const object = objectOf(file, { bucket: aws.rawBucket, version_id: version });
  await arrive(db.pool, object, { messageId: "m", rawBucket: aws.rawBucket });
  await reserve(db.pool);
  const ref = await claim(db.pool, { fileId: file.file_id, attempt: 1 });
  const key = `${file.file_id}/1-1.mp4`;
  await keepUpload(db.pool, ref, { upload_id: "u", upload_key: key });
  await put(aws.processedBucket, key);
  return { ref, rawKey: file.s3_key, version, key };
}

async function publishedFile(): Promise<ClaimedFile> {
  const file = await claimedFile();
  const result = resultOf(file.ref);
  const processed = { ...result.processed, size_bytes: "result".length };
  await completeFile(db.pool, file.ref, file.key, { ...result, processed });
  return file;
}

test("of a healthy installation it says that nothing is wrong", async () => {
  await publishedFile();
  const { fileId } = (await publishedFile()).ref;
  await deleteFile(db.pool, fileId);
  const { exitCode, stdout, stderr } = await runAudit([]);
  expect({ exitCode, stdout, stderr }).toEqual({
    exitCode: 0,
    stdout: "Nothing is wrong.\n",
    stderr: "",
  });
});

test("a breach in the database is told with its file, and is a failure", async () => {
  const { ref } = await publishedFile();
  await db.pool.query("update transactions set sha256 = null");
  const { exitCode, stdout, stderr } = await runAudit(["--no-buckets"], { S3_RAW_BUCKET: "" });
  const sentence = "Its result was published without a sha256.";
  expect({ exitCode, stdout, stderr }).toEqual({
    exitCode: 1,
    stdout: `error: file ${ref.fileId}: ${sentence} (published_facts)\n`,
    stderr: "One thing is wrong.\n",
  });
});

test("a result that is gone, or has another size, is found", async () => {
  const [gone, cut] = [await publishedFile(), await publishedFile()];
  await deleteObjects(aws.s3, { bucket: aws.processedBucket, key: gone.key });
  const shorter = { Bucket: aws.processedBucket, Key: cut.key, Body: "res" };
  await aws.s3.send(new PutObjectCommand(shorter));
  expect(await findings()).toEqual([
    `error result_missing: Its result ${gone.key} is not in the bucket.`,
    `error result_size: Its result ${cut.key} has 3 bytes in the bucket, but 6 are recorded.`,
  ]);
});

test("an object that nobody points to is found; a warning while somebody may yet", async () => {
  const atWork = await claimedFile();
  const over = await claimedFile();
  await cancelFile(db.pool, over.ref.fileId);
  await put(aws.processedBucket, "stranger.mp4");
  const sentence = (key: string) => `orphan: No file points to ${key} in the bucket.`;
  const [now, later] = [await findings(300), await findings()];
  const all = [atWork.key, over.key, "stranger.mp4"];
  expect(now.toSorted()).toEqual(all.map((key) => `warning ${sentence(key)}`).toSorted());
  expect(later.toSorted()).toEqual(
    [
      `error ${sentence(over.key)}`,
      `error ${sentence("stranger.mp4")}`,
      `warning ${sentence(atWork.key)}`,
    ].toSorted(),
  );
});

test("stills are no orphans while a result has them or the sweep will remove them", async () => {
  const published = await claimedFile();
  const abandoned = await claimedFile();
  const posters = [published, abandoned].map(({ ref }) => posterKey(ref));
  for (const { ref } of [published, abandoned]) {
    await beginStills(db.pool, ref);
    await put(aws.processedBucket, posterKey(ref));
  }
  const result = resultOf(published.ref);
  const stills = [{ time_seconds: 1, width: 640, height: 360 }];
  await completeFile(db.pool, published.ref, published.key, { ...result, stills });
  await cancelFile(db.pool, abandoned.ref.fileId);
  const orphans = async () => (await findings()).filter((finding) => finding.includes("/stills/"));
  expect(await orphans()).toEqual([]);

  await forgetStills(db.pool, abandoned.ref);
  const other = posterKey({ ...published.ref, lease: 2 });
  await put(aws.processedBucket, other);
  expect((await orphans()).toSorted()).toEqual(
    [posters[1], other]
      .map((key) => `error orphan: No result has the still ${key} in the bucket.`)
      .toSorted(),
  );
});

test("chunks are no orphans while their file has a cut", async () => {
  const [cut, whole] = [await claimedFile(), await claimedFile()];
  await storeCut(db.pool, cut.ref, { ...aCut, lease: cut.ref.lease });
  for (const { ref } of [cut, whole]) {
    await put(aws.processedBucket, chunkKey(ref.fileId, 0, 1, 1));
    await cancelFile(db.pool, ref.fileId);
  }
  const key = chunkKey(whole.ref.fileId, 0, 1, 1);
  const orphans = (await findings()).filter((finding) => finding.includes("/chunks/"));
  expect(orphans).toEqual([`error orphan: No file points to ${key} in the bucket.`]);
});

test("a source version that is gone is found, unless its file failed for that", async () => {
  const [gone, known] = [await publishedFile(), await claimedFile()];
  for (const { rawKey: Key, version: VersionId } of [gone, known]) {
    await aws.s3.send(new DeleteObjectCommand({ Bucket: aws.rawBucket, Key, VersionId }));
    // Another version does not count.
    await put(aws.rawBucket, Key);
  }
  await db.pool.query(
    `with ended as (update transactions set outcome = 'failed', ended_at = now(),
       failure_code = 'source_changed' where file_id = $1)
     update files set state = 'failed', failure_code = 'source_changed' where file_id = $1`,
    [known.ref.fileId],
  );
  await deleteObjects(aws.s3, { bucket: aws.processedBucket, key: known.key });
  expect(await findings()).toEqual([
    `error source_missing: Its source, version "${gone.version}" of ${gone.rawKey}, is not in the bucket.`,
  ]);
});

test("what is left of a deleted file is found once it was cleaned", async () => {
  const { ref, rawKey, key } = await publishedFile();
  await deleteFile(db.pool, ref.fileId);
  expect(await findings(300)).toEqual([]);
  await markCleaned(db.pool, (await getTombstone(db.pool, ref.fileId))!);
  const sentences = [key, rawKey].map(
    (left) => `deleted_object: It was deleted, but ${left} is still in the bucket.`,
  );
  expect((await findings(300)).toSorted()).toEqual(sentences.map((s) => `warning ${s}`).toSorted());
  expect((await findings()).toSorted()).toEqual(sentences.map((s) => `error ${s}`).toSorted());
});

test("what is no longer kept is not missing, and is found if it is still there once it was cleaned", async () => {
  const [gone, left] = [await publishedFile(), await publishedFile()];
  expect([await expireOriginals(db.pool, 0, 10), await expireResults(db.pool, 0, 10)]).toEqual([
    2, 2,
  ]);
  // The sweep is about to delete these.
  expect(await findings(300)).toEqual([]);
  const { s3, rawBucket, processedBucket } = aws;
  await deleteObjects(s3, { bucket: rawBucket, key: gone.rawKey });
  await deleteObjects(s3, { bucket: processedBucket, key: gone.key });
  await db.pool.query("update files set clean_after = null");
  const sentences = [left.key, left.rawKey].map(
    (key) => `expired_object: It is no longer kept, but ${key} is still in the bucket.`,
  );
  expect((await findings(300)).toSorted()).toEqual(sentences.map((s) => `warning ${s}`).toSorted());
  expect((await findings()).toSorted()).toEqual(sentences.map((s) => `error ${s}`).toSorted());
});

test("buckets of more than a page are read to their end", async () => {
  await publishedFile();
  const ids = Array.from({ length: 1_010 }, (_, n) => `0/${n}.mp4`);
  for (let at = 0; at < ids.length; at += 20) {
    await Promise.all(ids.slice(at, at + 20).map((id) => put(aws.processedBucket, id)));
  }
  expect(await findings()).toHaveLength(ids.length);
});

test("a database with an older schema, or none, is a sentence", async () => {
  await db.pool.query("drop view audit_findings");
  const old = await runAudit(["--no-buckets"]);
  expect(old.exitCode).toBe(1);
  expect(old.stderr).toMatch(
    /^The database \S+ at \S+ has no schema, or an old one\. Update it: transpod migrate\./,
  );
  const gone = await runAudit(["--no-buckets"], { DATABASE_URL: "postgres://a:b@127.0.0.1:1/x" });
  expect(gone.exitCode).toBe(1);
  expect(gone.stderr).toMatch(/^The database x at 127\.0\.0\.1:1 did not answer: /);
});

/** A Job as `kubectl get jobs -o json` prints it, by default of an attempt. */
function printedJob(name: string, ref: AttemptRef | undefined, ended: boolean) {
  const time = new Date().toISOString();
  const of = ref && { "transpod.io/file": ref.fileId, "transpod.io/attempt": String(ref.attempt) };
  const condition = { type: "Complete", status: "True", lastTransitionTime: time };
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name, creationTimestamp: time, labels: { app: "x", ...of } },
    status: ended ? { conditions: [condition] } : { active: 1 },
  };
}

test("Jobs that kubectl printed are compared with the rows; those of others are left alone", async () => {
  const [atWork, published] = [await claimedFile(), await publishedFile()];
  const lost = await claimedFile();
  const items = [
    printedJob("at-work", atWork.ref, false),
    printedJob("over", published.ref, true),
    printedJob("migration", undefined, false),
  ];
  const args = ["--no-buckets", "--settle", "0", "--jobs", "-"];
  const missing = await runAudit(args, {}, JSON.stringify({ kind: "List", items }));
  const sentence = "Its attempt is open, but has no running Job.";
  expect(missing).toMatchObject({
    exitCode: 1,
    stdout: `error: file ${lost.ref.fileId}: ${sentence} (job_missing)\n`,
  });
  items.push(printedJob("lost", lost.ref, false));
  const whole = await runAudit(args, {}, JSON.stringify({ kind: "List", items }));
  expect(whole).toMatchObject({ exitCode: 0, stdout: "Nothing is wrong.\n" });
});

test.for([
  ["nothing", "", "Unexpected end of JSON input"],
  ["a list of pods", '{"items":[{"kind":"Pod"}]}', "It is not a Job."],
])("instead of Jobs, %s ends it with a sentence", async ([, input, why]) => {
  const { exitCode, stdout, stderr } = await runAudit(["--jobs", "-"], {}, input);
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
  expect(stderr).toContain(`--jobs - is not what "kubectl get jobs -o json" prints: `);
  expect(stderr).toContain(why);
});
