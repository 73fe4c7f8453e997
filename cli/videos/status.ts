import type { Command } from "commander";
import type { FileStatus } from "@transpod/contract/public-api.ts";
import { formatBytes, formatSeconds } from "@transpod/contract/quantities.ts";
import { asColumns } from "../columns.ts";
import { run } from "../run.ts";
import { findFiles } from "./find-files.ts";
import { describeEvent, formatSaved, paintState } from "./format.ts";
import { connect } from "./server.ts";
import { addFilesCommand, type VideoOptions } from "./video-command.ts";

export function addStatus(program: Command): void {
  addFilesCommand(program, "status", "Shows the state, the progress and the result of files.")
    .addHelpText(
      "after",
      "\nExamples:\n  transpod status holiday.mov\n  transpod status 0b0f --json",
    )
    .action((words: string[], options: VideoOptions) =>
      run(options, async (terminal) => {
        const client = connect(options);
        const files: FileStatus[] = [];
        for (const id of await findFiles(client, words)) files.push(await client.status(id));
        terminal.result(files.flatMap(linesOf), { files });
      }),
    );
}

function linesOf(file: FileStatus): string[] {
  const { processing_status: state, original, processed } = file;
  const size = file.size_bytes === null ? null : formatBytes(file.size_bytes);
  const facts: [string, string | null][] = [
    ["state", state === "completed" ? state : describeEvent(file)],
    ["attempt", file.attempt === 0 ? null : String(file.attempt)],
    ["original", [size, summaryOf(original)].filter(Boolean).join(", ") || null],
    ["result", processed && `${formatBytes(processed.size_bytes)}, ${summaryOf(processed)}`],
    ["saved", formatSaved(file) || null],
    ["took", file.processing_time === null ? null : formatSeconds(file.processing_time)],
    ["sha256", file.sha256],
    ...file.notes.map((note): [string, string] => ["note", note]),
  ];
  const rows = facts.flatMap(([name, value]) => (value === null ? [] : [[name, value]]));
  const lines = asColumns(rows);
  lines[0] = lines[0]!.replace(state, paintState(state, state, process.stdout));
  return [`${file.file_id}  ${file.file_name}`, ...lines];
}

function summaryOf(summary: FileStatus["original"]): string | null {
  if (summary === null) return null;
  const { codec, width, height, frame_rate, duration_seconds } = summary;
  return `${codec}, ${width}x${height}, ${Number(frame_rate.toFixed(2))} fps, ${duration_seconds.toFixed(2)} s`;
}
