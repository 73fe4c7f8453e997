import type { TranscodeSettings } from "@transpod/contract/transcode-settings.ts";

/** An upload that a reload or a crash of the browser must not lose. */
export interface Unfinished {
  fileId: string;
  name: string;
  sizeBytes: number;
  /** Milliseconds since 1970. */
  lastModified: number;
}

const key = "transpod.uploads";

/** What this browser has begun and not finished. */
export function unfinishedUploads(): Unfinished[] {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "[]") as Unfinished[];
  } catch {
    return [];
  }
}

export function remember(upload: Unfinished): void {
  write([...unfinishedUploads().filter(({ fileId }) => fileId !== upload.fileId), upload]);
}

export function forget(fileId: string): void {
  write(unfinishedUploads().filter((upload) => upload.fileId !== fileId));
}

/** Whether this is the file whose upload was begun. */
export function isSameFile(upload: Omit<Unfinished, "fileId">, file: File): boolean {
  const { name, sizeBytes, lastModified } = upload;
  return file.name === name && file.size === sizeBytes && file.lastModified === lastModified;
}

// Without storage, as in some private windows, uploads work but do not survive a reload.
function write(uploads: readonly Unfinished[]): void {
  try {
    localStorage.setItem(key, JSON.stringify(uploads));
  } catch {}
}

const settingsKey = "transpod.settings";

/** What was chosen last in this browser. */
export function lastSettings(): Partial<TranscodeSettings> {
  try {
    return JSON.parse(localStorage.getItem(settingsKey) ?? "{}") as Partial<TranscodeSettings>;
  } catch {
    return {};
  }
}

export function keepSettings(settings: Partial<TranscodeSettings>): void {
  try {
    localStorage.setItem(settingsKey, JSON.stringify(settings));
  } catch {}
}
