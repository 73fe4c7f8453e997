import type { JobStatus } from "@transpod/contract/ports.ts";
import { defaultSettings as defaultTranscodeSettings } from "@transpod/contract/transcode-settings.ts";
import type { AttemptRow } from "@transpod/store/attempts.ts";
import { readControllerSettings } from "./config.ts";

/** Builders for the tests of this package. A test gives only the values that matter to it. */

const fileId = "0b0f2c0e-6f0b-4e5e-9a53-0a3f6f4f8a11";

export const defaultSettings = readControllerSettings({});

export function attemptRow(overrides: Partial<AttemptRow> = {}): AttemptRow {
  return {
    file_id: fileId,
    attempt: 1,
    lease: 1,
    state: "processing",
    job_name: `transpod-${fileId}-1`,
    memory_scale: 1,
    source_size_bytes: 1000,
    settings: defaultTranscodeSettings,
    event_at: null,
    max_workers: 1,
    workers_started: 1,
    workers_ended: 0,
    grown_seconds: null,
    cut: false,
    launched: true,
    claimed: true,
    silent_seconds: 0,
    launched_seconds: 1,
    ended_seconds: null,
    counted_failures: 0,
    uncounted_failures: 0,
    failure_codes: [],
    ...overrides,
  };
}

export function jobStatus(overrides: Partial<JobStatus> = {}): JobStatus {
  return {
    fileId,
    attempt: 1,
    name: `transpod-${fileId}-1`,
    phase: "running",
    exitCode: null,
    disrupted: false,
    why: null,
    endedAt: null,
    workers: { started: 1, ended: 0 },
    ...overrides,
  };
}
