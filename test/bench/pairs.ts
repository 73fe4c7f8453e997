import { phases, type PhaseTimes } from "@transpod/contract/work-protocol.ts";

/** One run of each on the same file. */
export interface Pair {
  /** Seconds. */
  service: number;
  ffmpeg: number;
  /** CPU seconds of all processes. */
  cpu: { service: number; ffmpeg: number };
  phase_times: PhaseTimes;
  /** The result's size divided by the source's. */
  size: number;
  /** Of brightness, in the least alike window that the verification compared; null where it did not. */
  ssim: number | null;
}

export interface Comparison {
  file: string;
  /** The service's time divided by ffmpeg's: median, smallest and largest of the pairs. */
  ratio: { median: number; least: number; most: number };
  median_seconds: { service: number; ffmpeg: number };
  /** The same of CPU seconds. */
  cpu_ratio: Comparison["ratio"];
  median_cpu_seconds: { service: number; ffmpeg: number };
  /** Median share of each phase in the service's time; the rest is upload, queue and waiting. */
  share: Record<string, number>;
  /** Of the last pair; the others have nearly the same values. */
  size: number;
  ssim: number | null;
  pairs: Pair[];
}

/** Ratios are taken pair by pair, because a machine's speed drifts over an hour. */
export function compare(file: string, pairs: Pair[]): Comparison {
  const share = (phase: keyof PhaseTimes) =>
    median(pairs.map((pair) => (pair.phase_times[phase] ?? 0) / 1000 / pair.service));
  return {
    file,
    ratio: spread(pairs.map((pair) => pair.service / pair.ffmpeg)),
    median_seconds: {
      service: median(pairs.map((pair) => pair.service)),
      ffmpeg: median(pairs.map((pair) => pair.ffmpeg)),
    },
    cpu_ratio: spread(pairs.map(({ cpu }) => cpu.service / cpu.ffmpeg)),
    median_cpu_seconds: {
      service: median(pairs.map(({ cpu }) => cpu.service)),
      ffmpeg: median(pairs.map(({ cpu }) => cpu.ffmpeg)),
    },
    share: Object.fromEntries(phases.map((phase) => [phase, share(phase)])),
    size: pairs.at(-1)?.size ?? Number.NaN,
    ssim: pairs.at(-1)?.ssim ?? null,
    pairs,
  };
}

function spread(ratios: number[]): Comparison["ratio"] {
  return { median: median(ratios), least: Math.min(...ratios), most: Math.max(...ratios) };
}

export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}

export function describeComparison(comparison: Comparison): string {
  const { file, ratio, median_seconds, cpu_ratio, median_cpu_seconds, share, size, ssim } =
    comparison;
  const shares = Object.entries(share).map(
    ([phase, part]) => `${phase} ${(part * 100).toFixed(1)} %`,
  );
  return [
    `${file}: service / ffmpeg`,
    `  time ${describeRatio(ratio, median_seconds)}; ${shares.join(", ")}`,
    `  CPU time ${describeRatio(cpu_ratio, median_cpu_seconds)}`,
    `  ${size.toFixed(2)} times the source's size, SSIM of brightness ${ssim?.toFixed(3) ?? "not measured"}`,
  ].join("\n");
}

function describeRatio(
  { median: middle, least, most }: Comparison["ratio"],
  { service, ffmpeg }: Comparison["median_seconds"],
): string {
  const range = `${least.toFixed(3)} to ${most.toFixed(3)}`;
  return `${middle.toFixed(3)} (${range}): ${service.toFixed(1)} s / ${ffmpeg.toFixed(1)} s`;
}
