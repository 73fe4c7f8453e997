/**
 * Why an attempt can end without a result.
 *
 * - `final`: the file is at fault; another attempt would end the same way.
 * - `counted`: an attempt is used up; retried with backoff while attempts are left.
 * - `uncounted`: the platform removed the worker; retried, up to a limit of the controller.
 */
export const failures = {
  empty_file: { exit: 10, verdict: "final" },
  not_a_video: { exit: 11, verdict: "final" },
  no_video_track: { exit: 12, verdict: "final" },
  unsupported_codec: { exit: 13, verdict: "final" },
  encrypted: { exit: 14, verdict: "final" },
  too_large: { exit: 15, verdict: "final" },
  truncated: { exit: 16, verdict: "final" },
  source_changed: { exit: 17, verdict: "final" },
  verification_failed: { exit: 18, verdict: "final" },
  damaged: { exit: 19, verdict: "final" },
  already_optimal: { exit: 21, verdict: "final" },
  transcode_failed: { exit: 1, verdict: "counted" },
  transfer_failed: { exit: 1, verdict: "counted" },
  connection_lost: { exit: 1, verdict: "counted" },
  stalled: { exit: 1, verdict: "counted" },
  internal_error: { exit: 1, verdict: "counted" },
  disk_full: { exit: 1, verdict: "counted" },
  out_of_memory: { exit: 137, verdict: "counted" },
  deadline_exceeded: { exit: null, verdict: "counted" },
  no_result: { exit: null, verdict: "counted" },
  job_lost: { exit: null, verdict: "uncounted" },
  upload_expired: { exit: null, verdict: "final" },
  never_started: { exit: null, verdict: "final" },
  job_name_taken: { exit: null, verdict: "final" },
  interrupted: { exit: 143, verdict: "uncounted" },
} as const satisfies Record<string, { exit: number | null; verdict: Verdict }>;

type Verdict = "final" | "counted" | "uncounted";

export type FailureCode = keyof typeof failures;

export const failureCodes = Object.keys(failures) as [FailureCode, ...FailureCode[]];

/** The worker was told to stop (cancelled, or another worker holds the lease): nothing to record. */
export const fencedExit = 20;

/** The failure that an exit code stands for, when the worker could not report it. */
export function failureOfExit(exit: number): FailureCode {
  const known = failureCodes.find((code) => failures[code].exit === exit && exit !== 1);
  return known ?? "internal_error";
}
