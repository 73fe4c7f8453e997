import type { PastWorkRow, WorkRow } from "@transpod/store/forecast.ts";

/** Fewer attempts say too little. */
export const minPastWork = 8;

/** How long files of one kind take. */
export interface Pace {
  medianSeconds(bytes: number): number;
  /** By how much the times of single files differ from the median: factors. */
  spread: Float64Array;
  /** By how much the median itself may be wrong: the standard deviation of its logarithm. */
  doubt: number;
}

/**
 * The pace of a file's kind: of its settings and codec, if enough is known of them, else of its settings, else of all
 * files. Undefined when there is too little past work in all. Pure.
 */
export function pacesFrom(past: readonly PastWorkRow[]): (work: WorkRow) => Pace | undefined {
  const byKind = Map.groupBy(past, (work) => kindOf(work, work.original_codec));
  const bySettings = Map.groupBy(past, (work) => kindOf(work, null));
  const known = new Map<string, Pace | undefined>();
  const ofAll = paceOf(past);
  // Another preset may be several times slower.
  const ofOthers = ofAll && { ...ofAll, doubt: Math.hypot(ofAll.doubt, Math.LN2) };
  return (work) => {
    const kind = kindOf(work, work.original_codec);
    if (!known.has(kind)) {
      const ofSettings = bySettings.get(kindOf(work, null)) ?? [];
      known.set(kind, paceOf(byKind.get(kind) ?? []) ?? paceOf(ofSettings) ?? ofOthers);
    }
    return known.get(kind);
  };
}

const kindOf = ({ pace }: WorkRow, codec: string | null) => `${pace} ${codec ?? "any"}`;

/** Of the standard normal distribution, at 1/14, 3/14 and so on. */
const kernel = [-1.47, -0.79, -0.37, 0, 0.37, 0.79, 1.47];

/**
 * A power of the size, fitted by least squares to the logarithms: a small file takes longer for each byte, and so does
 * one with a low bit rate.
 */
function paceOf(past: readonly PastWorkRow[]): Pace | undefined {
  if (past.length < minPastWork) return undefined;
  const points = past.map(({ bytes, seconds }) => ({ x: Math.log(bytes), y: Math.log(seconds) }));
  const [x, y] = [mean(points.map((point) => point.x)), mean(points.map((point) => point.y))];
  const sum = (product: (dx: number, dy: number) => number) =>
    points.reduce((total, point) => total + product(point.x - x, point.y - y), 0);
  // Without much variety in size, time is taken as proportional to it: as if two files more had shown that.
  const exponent = Math.max(0, (sum((dx, dy) => dx * dy) + 2) / (sum((dx) => dx * dx) + 2));
  // The fit lies closer to these files than to others.
  const widen = Math.sqrt(points.length / (points.length - 2));
  const residuals = points.map((point) => widen * (point.y - y - exponent * (point.x - x)));
  const deviation = Math.sqrt(mean(residuals.map((residual) => residual ** 2)));
  const bandwidth = 1.06 * deviation * points.length ** -0.2;
  return {
    medianSeconds: (bytes) => Math.exp(y + exponent * (Math.log(Math.max(1, bytes)) - x)),
    // A smoothed bootstrap: other files differ more than these few do.
    spread: Float64Array.from(
      residuals.flatMap((residual) => kernel.map((z) => residual + z * bandwidth)),
      Math.exp,
    ),
    doubt: deviation / Math.sqrt(points.length),
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}
