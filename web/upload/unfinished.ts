import { readStored, store } from "../stored.ts";

/** An upload that a reload or a crash of the browser must not lose; without storage it does. */
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

/** Whether this is the file whose upload was begun. */
export function isSameFile(upload: Omit<Unfinished, "fileId">, file: File): boolean {
  const { name, sizeBytes, lastModified } = upload;
  return file.name === name && file.size === sizeBytes && file.lastModified === lastModified;
}
