import { signal } from "@preact/signals";
import type { FileStatus } from "@transpod/contract/public-api.ts";
import { words } from "../words.ts";

/** What a screen reader says next. */
export const announcement = signal("");

/** Many files may end at once: at most one sentence in this time, the newest. */
const quietMs = 4000;
let last = 0;
let waiting: ReturnType<typeof setTimeout> | undefined;

/** Says something politely, but does not chatter. */
export function announce(sentence: string): void {
  clearTimeout(waiting);
  const wait = Math.max(0, last + quietMs - performance.now());
  waiting = setTimeout(() => {
    last = performance.now();
    announcement.value = sentence;
  }, wait);
}

/** Says that a file has ended, when it had not before. */
export function announceEnd(before: FileStatus | undefined, now: FileStatus | undefined): void {
  const state = now?.processing_status;
  if (before === undefined || before.processing_status === state) return;
  if (state === "completed" || state === "failed") {
    announce(words.announce[state](before.file_name));
  }
}
