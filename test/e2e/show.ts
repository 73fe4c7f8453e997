import { progress } from "@clack/prompts";
import type { FileEvent } from "@transpod/contract/events-api.ts";
import { overallPercent } from "@transpod/contract/figures.ts";
import { alignColumns } from "./align-columns.ts";
import type { Result } from "./run.ts";

export interface Display {
  show(status: FileEvent): void;
  end(message: string): void;
  fail(message: string): void;
}

/** A progress bar on a terminal; elsewhere one line for each change of state or phase. */
export function createDisplay(name: string): Display {
  return process.stderr.isTTY ? createBar(name) : createLines(name);
}

function createBar(name: string): Display {
  const bar = progress({ max: 100, style: "block", output: process.stderr });
  bar.start(name);
  let shown = 0;
  return {
    show(status) {
      const percent = Math.round(overallPercent(status.progress) ?? 0);
      bar.advance(Math.max(0, percent - shown), `${name}  ${describe(status)}`);
      shown = Math.max(shown, percent);
    },
    end: (message) => bar.stop(message),
    fail: (message) => bar.error(message),
  };
}

function createLines(name: string): Display {
  let last = "";
  const say = (line: string) => process.stderr.write(`${name}: ${line}\n`);
  return {
    show(status) {
      const stage = status.progress?.phase ?? status.processing_status;
      if (stage !== last) say(describe(status));
      last = stage;
    },
    end: say,
    fail: say,
  };
}

function describe(status: FileEvent): string {
  const { progress: said } = status;
  if (said === null) {
    const place =
      status.queue_position === null ? "" : `, position ${status.queue_position} in the queue`;
    return `${status.processing_status}${place}`;
  }
  const details = [
    `${said.phase} ${Math.floor(said.percent)} %`,
    said.fps !== null && `${said.fps.toFixed(0)} fps`,
    said.speed !== null && `${said.speed.toFixed(2)}x`,
    said.eta_seconds !== null && `${Math.ceil(said.eta_seconds)} s left`,
  ];
  return details.filter((detail) => detail !== false).join("  ");
}

/** A table for people: one row for each file. */
export function formatTable(results: readonly Result[]): string {
  const rows = results.map(({ file, original, processed, seconds, speed }) => [
    file,
    `${original.codec} -> ${processed.codec}`,
    `${megabytes(original.sizeBytes)} -> ${megabytes(processed.sizeBytes)} MB`,
    `${processed.frames}`,
    `${processed.durationSeconds.toFixed(2)} s`,
    `${seconds.toFixed(1)} s`,
    `${speed.toFixed(2)}x`,
  ]);
  return alignColumns([
    ["file", "codecs", "sizes", "frames", "duration", "took", "speed"],
    ...rows,
  ]);
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(2);
}
