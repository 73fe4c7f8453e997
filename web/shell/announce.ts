import { signal } from "@preact/signals";

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
