import type { FileState } from "@transpod/contract/states.ts";

/** The answer of GET /overview. */
export interface Overview {
  hours: number;
  states: Partial<Record<FileState, number>>;
  slots: { used: number; total: number } | null;
  last_hours: {
    completed: number;
    failed: number;
    cancelled: number;
    original_bytes: number;
    processed_bytes: number;
    video_seconds: number;
    processing_seconds: number;
    failures: { code: string; count: number }[];
  };
}
