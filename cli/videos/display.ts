import { styleText } from "node:util";
import { createLogUpdate } from "log-update";
import type { FileEvent } from "@transpod/contract/events-api.ts";
import { overallPercent } from "@transpod/contract/figures.ts";
import { describeEvent } from "./format.ts";

/** What happens to a file, from the beginning of its upload to its end. */
export type Step =
  | { event: "skipped"; detail: string }
  | { event: "uploading"; sent_bytes: number; total_bytes: number; resumed: boolean }
  | { event: "uploaded" }
  | { event: "status"; status: FileEvent }
  | { event: "downloading"; received_bytes: number; total_bytes: number | null }
  | { event: "downloaded"; output: string }
  | { event: "completed" }
  | { event: "failed"; code: string; detail: string };

export interface Subject {
  /** The path or the name that people see. */
  name: string;
  file_id: string | null;
}

/** Shows steps of several files at once. */
export interface Display {
  show(subject: Subject, step: Step): void;
  say(line: string): void;
  stop(): void;
}

export function createDisplay({ json }: { json: boolean }): Display {
  if (json) return createJsonLines();
  return process.stderr.isTTY ? createBars() : createLines();
}

/** One JSON object a line on stdout. */
function createJsonLines(): Display {
  const last = new Map<string, number>();
  return {
    show({ name, file_id }, step) {
      // Bytes come many times a second.
      if (step.event === "uploading" || step.event === "downloading") {
        const now = performance.now();
        if (now - (last.get(name) ?? -Infinity) < 1_000) return;
        last.set(name, now);
      }
      process.stdout.write(`${JSON.stringify({ name, file_id, ...step })}\n`);
    },
    say: (line) => void process.stderr.write(`${line}\n`),
    stop: () => {},
  };
}

/** A line on stderr whenever a file reaches another stage. */
function createLines(): Display {
  const stages = new Map<string, string>();
  const say = (line: string) => void process.stderr.write(`${line}\n`);
  return {
    show({ name }, step) {
      const stage = stageOf(step);
      if (stages.get(name) === stage) return;
      stages.set(name, stage);
      // A percentage would be that of the first bytes.
      const moving = step.event === "uploading" || step.event === "downloading";
      say(`${name}: ${moving ? step.event : textOf(step)}`);
    },
    say,
    stop: () => {},
  };
}

/** A bar for each file that is under way; the line of a file that has ended stays above the bars. */
function createBars(): Display {
  const draw = createLogUpdate(process.stderr);
  const bars = new Map<string, string>();
  let drawn = -Infinity;
  const redraw = () => {
    drawn = performance.now();
    const room = Math.max(1, (process.stderr.rows || 24) - 2);
    const lines = [...bars.values()];
    const more = lines.length - room;
    draw([...lines.slice(0, room), ...(more > 0 ? [`and ${more} more`] : [])].join("\n"));
  };
  const persist = (line: string) => {
    draw.clear();
    process.stderr.write(`${line}\n`);
    redraw();
  };
  return {
    show({ name }, step) {
      if (isEnd(step)) {
        bars.delete(name);
        persist(`${markOf(step)} ${name}  ${textOf(step)}`);
        return;
      }
      const before = bars.size;
      bars.set(name, barOf(name, step));
      if (performance.now() - drawn > 80 || bars.size !== before) redraw();
    },
    say: persist,
    stop() {
      draw.clear();
      draw.done();
    },
  };
}

function isEnd({ event }: Step): boolean {
  return event === "completed" || event === "failed";
}

function markOf({ event }: Step): string {
  const stream = process.stderr;
  return event === "failed"
    ? styleText("red", "✗", { stream })
    : styleText("green", "✓", { stream });
}

function barOf(name: string, step: Step): string {
  const width = 20;
  const columns = process.stderr.columns || 80;
  const full = Math.round((percentOf(step) / 100) * width);
  const bar =
    styleText("cyan", "█".repeat(full), { stream: process.stderr }) + "░".repeat(width - full);
  const nameRoom = Math.max(10, Math.min(30, columns - width - 40));
  const short = name.length > nameRoom ? `…${name.slice(1 - nameRoom)}` : name.padEnd(nameRoom);
  return `${short} ${bar} ${textOf(step).slice(0, Math.max(0, columns - nameRoom - width - 3))}`;
}

function percentOf(step: Step): number {
  if (step.event === "uploading") return (step.sent_bytes / step.total_bytes) * 100;
  if (step.event === "downloading") {
    return step.total_bytes === null ? 0 : (step.received_bytes / step.total_bytes) * 100;
  }
  return step.event === "status" ? (overallPercent(step.status.progress) ?? 0) : 0;
}

function stageOf(step: Step): string {
  if (step.event !== "status") return step.event;
  const { attempt, processing_status, progress } = step.status;
  return `${attempt} ${processing_status} ${progress?.phase ?? ""}`;
}

function textOf(step: Step): string {
  switch (step.event) {
    case "uploading":
      return `upload ${Math.floor(percentOf(step))} %${step.resumed ? ", resumed" : ""}`;
    case "downloading":
      return `download ${Math.floor(percentOf(step))} %`;
    case "downloaded":
      return `saved as ${step.output}`;
    case "status":
      return describeEvent(step.status);
    case "skipped":
    case "failed":
      return step.event === "failed" ? `failed: ${step.detail}` : step.detail;
    default:
      return step.event;
  }
}
