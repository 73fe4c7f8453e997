/**
 * Steps after which this process may die with one thing done and the next one not, so that a restart
 * must recover. Each comment says what is done by then.
 */
export const crashPoints = [
  // S3 has begun a client's multipart upload, and it is in no row.
  "multipart_begun",
  // The parts of an upload are joined to an object, and no row says so.
  "upload_joined",
  // A file whose upload was not completed has failed, and S3 still has parts of it.
  "upload_expired",
  // A message is received, and its arrivals are written but not committed.
  "arrivals_written",
  // They are committed, and the message is not deleted.
  "arrivals_committed",
  // A file has a slot, and no Job.
  "slot_reserved",
  // It has a Job, and its row does not say so.
  "job_created",
  // A worker has the attempt, and no answer.
  "attempt_claimed",
  // The cut of a video is stored, and its worker has no answer.
  "cut_stored",
  // A chunk is recorded as encoded, and its worker has no answer.
  "chunk_completed",
  // S3 has begun a worker's multipart upload, and it is in no row.
  "upload_begun",
  // The output is an object, and no row points to it.
  "parts_joined",
  // The file is completed, and its worker has no answer.
  "completion_committed",
  // An attempt has failed; no notification was sent, and its Job was not removed.
  "failure_committed",
  // SQS has a message that is still in the outbox.
  "outbox_sent",
  // A webhook's delivery is taken, and not sent.
  "delivery_taken",
  // Its receiver has answered, and no row says so.
  "delivery_answered",
  // A client's command is carried out, and the client has no answer.
  "cancel_committed",
  "retry_committed",
  "delete_committed",
  // A deleted file: its Job is removed; then its original; then its results, and no row says so.
  "deleted_job_removed",
  "deleted_original_removed",
  "deleted_results_removed",
  // A row says that an original or a result is no longer kept, and its objects are there.
  "expiry_decided",
  // They are gone, and the row still says that they must be deleted.
  "expired_objects_removed",
] as const;

export type CrashPoint = (typeof crashPoints)[number];

let armed: CrashPoint | undefined;

/** Only for tests: the process dies when it reaches this point. */
export function armCrashPoint(point: CrashPoint): void {
  armed = point;
}

/** Does nothing, unless a test has armed this point: then the process dies at once, as in a power cut. */
export function crashPoint(point: CrashPoint): void {
  if (point === armed) process.kill(process.pid, "SIGKILL");
}
