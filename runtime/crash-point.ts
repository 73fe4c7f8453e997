/**
 * Steps after which this process may die with something done and something else not: where a restart
 * must find its way again. Each says what is done by then.
 */
export const crashPoints = [
  // S3 has begun a client's multipart upload, and it is in no row.
  "multipart_begun",
  // The parts of an upload are an object, and no row says that it is there.
  "upload_joined",
  // A file of which nothing arrived has failed, and S3 still has parts of it.
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
  // S3 has begun a worker's multipart upload, and it is in no row.
  "upload_begun",
  // The output is an object, and no row points to it.
  "parts_joined",
  // The file is completed, and its worker has no answer.
  "completion_committed",
  // An attempt has ended in failure; nobody was told, and its Job was not removed.
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
  // Of a deleted file the Job is removed; then the original; then the results too, and no row says so.
  "deleted_job_removed",
  "deleted_original_removed",
  "deleted_results_removed",
] as const;

export type CrashPoint = (typeof crashPoints)[number];

let armed: CrashPoint | undefined;

/** For tests alone: the process dies when it comes to this point. */
export function armCrashPoint(point: CrashPoint): void {
  armed = point;
}

/** Does nothing, unless a test has armed this point: then nothing after it happens, as in a power cut. */
export function crashPoint(point: CrashPoint): void {
  if (point === armed) process.kill(process.pid, "SIGKILL");
}
