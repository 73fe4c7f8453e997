import type { ForecastRow } from "../forecast/forecast.ts";

/** A subscriber to a file's changes. */
export interface Watcher {
  /** The current state of the file, which may be unchanged; undefined when it was deleted. */
  onFile(row: ForecastRow | undefined): void;
  /** Called regularly, to detect dead connections. */
  onBeat(): void;
  /** No more events will follow. */
  onStop(): void;
}

/** A subscriber to every file that changes. */
export interface ListWatcher extends Omit<Watcher, "onFile"> {
  /** Changes may have been missed before. */
  onReady(): void;
  onFile(row: ForecastRow): void;
  onDeleted(fileId: string): void;
  /** Places in the queue may have changed: called every two seconds at most. */
  onQueue(): void;
}
