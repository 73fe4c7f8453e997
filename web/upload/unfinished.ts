import type { TranscodeSettings } from "@transpod/contract/transcode-settings.ts";
import { readStored, store } from "../stored.ts";

/** An upload that a reload or a crash of the browser must not lose; without storage it does. */
export interface Unfinished {
  fileId: string;
  name: string;
  sizeBytes: number;
  /** Milliseconds since 1970. */
  lastModified: number;
  /** Of its content; undefined where the browser can't make one. */
  fingerprint: string | undefined;
  settings: Partial<TranscodeSettings>;
}

const key = "transpod.uploads";

/** What this browser has begun and not finished. */
export function unfinishedUploads(): Unfinished[] {
  return readStored<Unfinished[]>(key, []);
}

export function remember(upload: Unfinished): void {
  store(key, [...unfinishedUploads().filter(({ fileId }) => fileId !== upload.fileId), upload]);
}

export function forget(fileId: string): void {
  store(
    key,
    unfinishedUploads().filter((upload) => upload.fileId !== fileId),
  );
}

/** Whether this is the file whose upload was begun: by its content, else by its name and time. Pure. */
export function isSameFile(
  begun: Omit<Unfinished, "fileId" | "settings">,
  file: File,
  fingerprint: string | undefined,
): boolean {
  if (file.size !== begun.sizeBytes) return false;
  if (begun.fingerprint !== undefined && fingerprint !== undefined)
    return fingerprint === begun.fingerprint;
  return file.name === begun.name && file.lastModified === begun.lastModified;
}
