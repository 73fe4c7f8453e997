/** How quantities are written in sentences and in the terminal. Pure. */

/** In decimal units: `999 B`, `1.5 kB`, `123 MB`. */
export function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const unit = bytes === 0 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), units.length - 1);
  const value = bytes / 1000 ** unit;
  return `${unit === 0 || value >= 100 ? value.toFixed(0) : value.toFixed(1)} ${units[unit]}`;
}

const spanUnits = [
  { name: "s", seconds: 1, step: 10, until: 100 },
  { name: "min", seconds: 60, step: 1, until: 100 * 60 },
  { name: "h", seconds: 3600, step: 1, until: 48 * 3600 },
  { name: "days", seconds: 86_400, step: 1, until: Infinity },
] as const;

/** When something comes that is not known exactly, in seconds from now: `in about 5 to 12 min`, `within 20 s`. */
export function formatSpan(earliest: number, latest: number): string {
  const { name, seconds, step } = spanUnits.find(({ until }) => latest < until)!;
  const first = Math.max(0, Math.floor(earliest / seconds / step) * step);
  const last = Math.max(step, Math.ceil(latest / seconds / step) * step);
  return first === 0 ? `within ${last} ${name}` : `in about ${first} to ${last} ${name}`;
}

/** Rounded: `4 s`, `1 min 5 s`, `1 h 2 min`. */
export function formatSeconds(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
