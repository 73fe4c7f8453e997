import { signal } from "@preact/signals";
import type { FileStatus } from "@transpod/contract/public-api.ts";
import { backoffMs } from "./backoff.ts";
import { loadSession } from "./session.ts";

export interface FileListener {
  onFile: (file: FileStatus) => void;
  onDeleted: (fileId: string) => void;
  /** Changes may have been missed: list again. */
  onReady: () => void;
  /** Places in the queue may have changed. Optional. */
  onQueue?: () => void;
}

/** Of the one stream that all screens share. */
export const connection = signal<"off" | "open" | "lost" | "offline">("off");

const listeners = new Set<FileListener>();
let source: EventSource | undefined;
let retry: ReturnType<typeof setTimeout> | undefined;
let failures = 0;

/** Calls the listener for every change of a file, until the returned function is called. */
export function watchFiles(listener: FileListener): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** Begins the stream; does nothing while it is there. */
export function startEvents(): void {
  if (source !== undefined) return;
  source = new EventSource("/events");
  source.addEventListener("ready", () => {
    failures = 0;
    connection.value = "open";
    // Also the first time: what was listed before may have changed meanwhile.
    for (const listener of listeners) listener.onReady();
  });
  source.addEventListener("file", ({ data }: MessageEvent<string>) => {
    const file = JSON.parse(data) as FileStatus;
    for (const listener of listeners) listener.onFile(file);
  });
  source.addEventListener("deleted", ({ data }: MessageEvent<string>) => {
    const { file_id } = JSON.parse(data) as { file_id: string };
    for (const listener of listeners) listener.onDeleted(file_id);
  });
  source.addEventListener("queue", () => {
    for (const listener of listeners) listener.onQueue?.();
  });
  source.addEventListener("error", () => {
    stop();
    connection.value = navigator.onLine ? "lost" : "offline";
    // Perhaps the session has ended.
    if (navigator.onLine) void loadSession();
    // The browser's own reconnect gives up when the answer is an error.
    failures += 1;
    retry = setTimeout(startEvents, backoffMs(failures, Math.random()));
  });
}

/** Ends the stream, as when someone signs out. */
export function stopEvents(): void {
  stop();
  connection.value = "off";
}

function stop(): void {
  clearTimeout(retry);
  source?.close();
  source = undefined;
}

/** Follows the browser's own view of the network. */
export function followNetwork(): void {
  addEventListener("offline", () => {
    if (connection.value === "off") return;
    stop();
    connection.value = "offline";
  });
  addEventListener("online", () => {
    if (connection.value === "off") return;
    connection.value = "lost";
    startEvents();
  });
}
