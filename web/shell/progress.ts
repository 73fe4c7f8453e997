import type { FileStatus } from "@transpod/contract/public-api.ts";
import type { Phase } from "@transpod/contract/work-protocol.ts";

/** The share of the time that each phase usually takes, and what is done when it begins. */
const shares: Record<Phase, { from: number; share: number }> = {
  download: { from: 0, share: 2 },
  probe: { from: 2, share: 1 },
  encode: { from: 3, share: 85 },
  verify: { from: 88, share: 10 },
  upload: { from: 98, share: 2 },
};

/** Percent of the whole attempt; null when no worker reports. */
export function overallPercent({ processing_status, progress }: FileStatus): number | null {
  if (processing_status !== "processing" || progress === null) return null;
  const { from, share } = shares[progress.phase];
  return from + (share * progress.percent) / 100;
}
