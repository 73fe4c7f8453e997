import { phases, type PhaseTimes } from "@transpod/contract/work-protocol.ts";

/** One run of each on the same file, in seconds. */
export interface Pair {
  service: number;
  ffmpeg: number;
  phase_times: PhaseTimes;
  /** The result's size divided by the source's. */
  size: number;
  /** Of brightness, in the least alike second that the verification compared; null where it did not. */
  ssim: number | null;
}

export interface Comparison {
  file: string;
  /** The service's time divided by ffmpeg's: median, smallest and largest of the pairs. */
  ratio: { median: number; least: number; most: number };
  median_seconds: { service: number; ffmpeg: number };
  /** Median share of each phase in the service's time; the rest is upload, queue and waiting. */
  share: Record<string, number>;
  /** Of the last pair; the others have nearly the same values. */
  size: number;
  ssim: number | null;
  pairs: Pair[];
}

/** Ratios are taken pair by pair, because a machine's speed drifts over an hour. */
export function compare(file: string, pairs: Pair[]): Comparison {
  const ratios = pairs.map((pair) => pair.service / pair.ffmpeg);
  const share = (phase: keyof PhaseTimes) =>
    median(pairs.map((pair) => (pair.phase_times[phase] ?? 0) / 1000 / pair.service));
  return {
    file,
    ratio: { median: median(ratios), least: Math.min(...ratios), most: Math.max(...ratios) },
    median_seconds: {
      service: median(pairs.map((pair) => pair.service)),
      ffmpeg: median(pairs.map((pair) => pair.ffmpeg)),
    },
    share: Object.fromEntries(phases.map((phase) => [phase, share(phase)])),
    size: pairs.at(-1)?.size ?? Number.NaN,
    ssim: pairs.at(-1)?.ssim ?? null,
    pairs,
  };
}

export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}

export function describeComparison(comparison: Comparison): string {
  const { file, ratio, median_seconds, share, size, ssim } = comparison;
  const shares = Object.entries(share).map(
    ([phase, part]) => `${phase} ${(part * 100).toFixed(1)} %`,
  );
  return [
    `${file}: service / ffmpeg = ${ratio.median.toFixed(3)} (${ratio.least.toFixed(3)} to ${ratio.most.toFixed(3)})`,
    `  ${median_seconds.service.toFixed(1)} s / ${median_seconds.ffmpeg.toFixed(1)} s; ${shares.join(", ")}`,
    `  ${size.toFixed(2)} times the source's size, SSIM of brightness ${ssim?.toFixed(3) ?? "not measured"}`,
  ].join("\n");
}
