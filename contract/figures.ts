import type { FileStatus, Progress } from "./public-api.ts";
import { formatSpan } from "./quantities.ts";
import type { Phase } from "./work-protocol.ts";

/** What people are shown about a file, calculated from its status. Pure. */

/** Percent of an attempt's time, in order: nearly all of it is the encode's, and the other phases are equal. */
const shares: Readonly<Record<Phase, number>> = {
  download: 5,
  probe: 5,
  encode: 80,
  verify: 5,
  upload: 5,
};

/** Percent of the whole attempt; null while no worker reports. */
export function overallPercent(
  progress: Pick<Progress, "phase" | "percent"> | null,
): number | null {
  if (progress === null) return null;
  let before = 0;
  for (const [phase, share] of Object.entries(shares)) {
    if (phase === progress.phase) return before + (share * progress.percent) / 100;
    before += share;
  }
  return before;
}

/** When it starts: `in about 5 to 12 min`. null unless it waits and enough is known. `now` in milliseconds. */
export function untilStart(
  { expected_start }: Pick<FileStatus, "expected_start">,
  now: number,
): string | null {
  if (expected_start === null) return null;
  const inSeconds = (time: string) => (Date.parse(time) - now) / 1000;
  const { earliest, latest } = expected_start;
  return formatSpan(inSeconds(earliest), inSeconds(latest));
}

/** How much smaller the result is, as a part of the original; negative when it is larger, null when it is not known. */
export function savedShare({
  size_bytes,
  processed_size_bytes,
}: Pick<FileStatus, "size_bytes" | "processed_size_bytes">): number | null {
  if (size_bytes === null || processed_size_bytes === null || size_bytes === 0) return null;
  return 1 - processed_size_bytes / size_bytes;
}
