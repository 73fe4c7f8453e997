const locale = "en";
const units = ["B", "kB", "MB", "GB", "TB", "PB"] as const;

/** In decimal units, three digits: `6.84 MB`. */
export function formatBytes(bytes: number): string {
  const power = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  const digits = power === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return `${value.toFixed(digits)} ${units[power]}`;
}

/** Seconds as `0.8 s`, `42 s`, `3:05` or `1:02:03`. */
export function formatDuration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 59.5) return `${Math.round(seconds)} s`;
  return formatClock(seconds);
}

/** A place in a video: `0:07`. */
export function formatClock(seconds: number): string {
  const whole = Math.round(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const rest = String(whole % 60).padStart(2, "0");
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}

export function formatBitRate(bitsPerSecond: number): string {
  return bitsPerSecond < 1_000_000
    ? `${Math.round(bitsPerSecond / 1000)} kbit/s`
    : `${(bitsPerSecond / 1_000_000).toFixed(1)} Mbit/s`;
}

export function formatNumber(value: number, digits = 0): string {
  return value.toLocaleString(locale, { maximumFractionDigits: digits });
}

/** Frames per second. */
export function formatRate(fps: number): string {
  return formatNumber(fps, fps < 10 ? 1 : 0);
}

/** 0.25 as `25 %`; below one percent with a digit more. */
export function formatShare(share: number): string {
  const percent = share * 100;
  return `${percent !== 0 && Math.abs(percent) < 1 ? percent.toFixed(1) : Math.round(percent)} %`;
}

export function formatTime(iso: string): string {
  return new Date(iso).toLocaleString(locale, { dateStyle: "medium", timeStyle: "short" });
}

/** With seconds, for a timeline. */
export function formatMoment(iso: string): string {
  return new Date(iso).toLocaleTimeString(locale, { hour12: false });
}
