import { z } from "zod";
import "zod-openapi";
import type { FailureCode } from "./failures.ts";

/**
 * What is at fault when an attempt fails.
 *
 * - `file`: the uploaded file.
 * - `user`: what a client did, did not do, or chose.
 * - `memory`: the worker had too little of it.
 * - `eviction`: the platform removed the worker.
 * - `network`: the connection between a worker and S3.
 * - `s3`: S3 refused, failed, or lost an object.
 * - `cluster`: the place where workers run.
 * - `transpod`: Transpod itself, or ffmpeg.
 */
export const causes = [
  "file",
  "user",
  "memory",
  "eviction",
  "network",
  "s3",
  "cluster",
  "transpod",
] as const;

export type Cause = (typeof causes)[number];

export const cause = z.enum(causes).meta({
  id: "Cause",
  description:
    "What is at fault: the `file`; a `user`; too little `memory`; an `eviction` by the platform; the `network` " +
    "between a worker and S3; `s3` itself; the `cluster` or machine where workers run; `transpod` itself or ffmpeg.",
});

interface Diagnosis {
  cause: Cause;
  /** What an operator can do about it: sentences. */
  advice: string;
}

const askForAnother = "Ask for a file that plays in a video player, and upload it as a new one.";

const diagnoses: Readonly<Record<FailureCode, Diagnosis>> = {
  empty_file: { cause: "file", advice: askForAnother },
  not_a_video: { cause: "file", advice: askForAnother },
  no_video_track: { cause: "file", advice: askForAnother },
  unsupported_codec: {
    cause: "file",
    advice: "Transpod can't convert this file. Ask for one in plain H.264 or H.265.",
  },
  encrypted: { cause: "file", advice: "Ask for the file without encryption." },
  too_large: {
    cause: "file",
    advice:
      "Raise the limit that the file exceeds (MAX_UPLOAD_BYTES, MAX_PIXELS, MAX_DURATION_SECONDS or " +
      "MAX_TRACKS), then retry the file.",
  },
  truncated: { cause: "file", advice: "Ask for the whole file: the end of this one is missing." },
  source_changed: {
    cause: "user",
    advice:
      "Find out who replaces or deletes objects in the bucket for uploads. Upload the file as a new one.",
  },
  verification_failed: {
    cause: "transpod",
    advice: "Retry the file. If the result differs again, report it with the file.",
  },
  damaged: {
    cause: "file",
    advice: 'Retry it with "on_damage": "finish" to get the frames that can be decoded.',
  },
  already_optimal: {
    cause: "user",
    advice: 'Keep the original, or retry it with "if_larger": "keep".',
  },
  transcode_failed: {
    cause: "transpod",
    advice: "The last lines of ffmpeg say why. If they do not blame the file, report it.",
  },
  transfer_failed: {
    cause: "s3",
    advice: "Check that S3 is available, and the permissions of the controller's role.",
  },
  connection_lost: {
    cause: "network",
    advice: "Check the network between the workers and S3: DNS, network policies, NAT.",
  },
  stalled: {
    cause: "cluster",
    advice:
      "Check the worker's node: whether it is overloaded, lost, or can't reach the controller.",
  },
  internal_error: {
    cause: "transpod",
    advice: "This is a fault in Transpod. Report it with the worker's log.",
  },
  disk_full: {
    cause: "cluster",
    advice: "Give the workers more disk: a file needs about three times its size.",
  },
  out_of_memory: {
    cause: "memory",
    advice:
      "Give the workers more memory (transcoder.resources.memory of the chart), then retry it.",
  },
  deadline_exceeded: {
    cause: "cluster",
    advice: "Raise JOB_DEADLINE_SECONDS, or give the workers more cores, then retry the file.",
  },
  no_result: {
    cause: "cluster",
    advice: "Look at the Job's events and its pod: the worker ended before it could say why.",
  },
  job_lost: {
    cause: "cluster",
    advice: "Find out who deletes Jobs. On one machine, a restart of Transpod ends them too.",
  },
  upload_expired: {
    cause: "user",
    advice:
      "Create a new upload. If this one was sent, check that it went to the URL that was given.",
  },
  never_started: {
    cause: "cluster",
    advice: "Make room in the cluster or repair what the Job waited for, then retry the file.",
  },
  job_name_taken: {
    cause: "cluster",
    advice: "Delete the Job of this name, which is not Transpod's, then retry the file.",
  },
  interrupted: {
    cause: "eviction",
    advice:
      "None is needed unless it happens often: then look for what drains, preempts or evicts.",
  },
};

export function causeOf(code: FailureCode): Cause {
  return diagnoses[code].cause;
}

export function adviceFor(code: FailureCode): string {
  return diagnoses[code].advice;
}
