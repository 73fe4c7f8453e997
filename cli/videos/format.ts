import { styleText } from "node:util";
import type { FileEvent } from "@transpod/contract/events-api.ts";
import { savedShare, untilStart } from "@transpod/contract/figures.ts";
import type { FileStatus } from "@transpod/contract/public-api.ts";
import { formatSeconds } from "@transpod/contract/quantities.ts";
import type { FileState } from "@transpod/contract/states.ts";

/** How facts about files are written for people. */

type Style = Parameters<typeof styleText>[0];

const stateStyle: Readonly<Record<FileState, Style>> = {
  awaiting_upload: "dim",
  uploaded: "cyan",
  pending: "cyan",
  processing: "yellow",
  completed: "green",
  failed: "red",
  cancelled: "dim",
};

/** Coloured where the stream is a terminal; NO_COLOR and FORCE_COLOR decide otherwise. */
export function paintState(state: FileState, text: string, stream: NodeJS.WriteStream): string {
  return styleText(stateStyle[state], text, { stream });
}

/** How much smaller the result is, for example "68 %"; negative when it is larger. */
export function formatSaved(file: FileStatus): string {
  const share = savedShare(file);
  return share === null ? "" : `${Math.round(share * 100)} %`;
}

/** The name of a result: `holiday.mov` becomes `holiday.h265.mov`. */
export function resultName({ file_name, target_codec }: FileStatus): string {
  const dot = file_name.lastIndexOf(".");
  const codec = target_codec === "hevc" ? "h265" : (target_codec ?? "result");
  return `${file_name.slice(0, dot)}.${codec}${file_name.slice(dot)}`;
}

/** What happens now, for example "encode 42 %, 31 fps, 12 s left". */
export function describeEvent(event: FileEvent): string {
  const { processing_status: state, progress, queue_position, waiting_for, failure } = event;
  if (failure !== null) return `${state}: ${failure.detail}`;
  if (queue_position !== null) {
    const place = `${state}, position ${queue_position} in the queue`;
    const start = untilStart(event, Date.now());
    return start === null ? place : `${place}, starts ${start}`;
  }
  if (progress === null) return waiting_for === null ? state : `${state}, waits: ${waiting_for}`;
  const details = [
    `${progress.phase} ${Math.floor(progress.percent)} %`,
    progress.fps !== null && `${progress.fps.toFixed(0)} fps`,
    progress.eta_seconds !== null && `${formatSeconds(progress.eta_seconds)} left`,
  ];
  return details.filter((detail) => detail !== false).join(", ");
}
