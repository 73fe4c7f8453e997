import { execa } from "execa";
import { answerTimeoutMs, childFault, noAnswer } from "../ffmpeg/child-fault.ts";
import { childOptions, inputGuards, pixelGuard } from "../ffmpeg/child-process.ts";
import { Watchdog } from "../watchdog.ts";
import { describe } from "./describe.ts";
import { ffprobeOutput } from "./ffprobe-output.ts";
import type { Media } from "./media.ts";

export const guards = ["-v", "error", ...inputGuards, ...pixelGuard];
/** Without decoding pictures, so that a huge picture does no harm. */
const guardsWithoutPictures = ["-v", "error", ...inputGuards, "-skip_frame", "all"];

/**
 * Reads the headers and the first packets, which show encryption. Undefined when ffprobe can't read the
 * file, or when its pictures are too large. Throws AttemptError `stalled`, `out_of_memory` or
 * `internal_error` when the file is not the cause.
 */
export function readMedia(
  path: string,
  signal: AbortSignal,
  timeoutMs = answerTimeoutMs,
): Promise<Media | undefined> {
  return read(path, { options: guards, signal, timeoutMs });
}

/** The same without decoding a picture, so that pictures of any size can be described. */
export function readHeaders(path: string, signal: AbortSignal): Promise<Media | undefined> {
  return read(path, { options: guardsWithoutPictures, signal, timeoutMs: answerTimeoutMs });
}

async function read(
  path: string,
  request: { options: readonly string[]; signal: AbortSignal; timeoutMs: number },
): Promise<Media | undefined> {
  const { options, signal, timeoutMs } = request;
  const sections = ["-show_format", "-show_streams", "-show_chapters", "-show_packets"];
  const firstPackets = ["-read_intervals", "%+#24"];
  const result = await execa(
    "ffprobe",
    [...options, ...sections, ...firstPackets, "-of", "json", path],
    { ...childOptions, cancelSignal: signal, timeout: timeoutMs },
  );
  signal.throwIfAborted();
  const fault = childFault("ffprobe", result);
  if (fault !== null) throw fault;
  if (result.failed) return undefined;
  return describe(ffprobeOutput.parse(JSON.parse(result.stdout)));
}

export interface PacketTimes {
  /** All packets of the track. */
  count: number;
  /** Presentation times in seconds of the packets that are shown, ascending. */
  timestamps: number[];
}

interface PacketsWanted {
  /** What is wanted of a packet, by ffprobe's names; it answers in an order of its own. */
  entries: string;
  ignoreEdits?: boolean;
  signal: AbortSignal;
  /** How long ffprobe may print nothing. */
  silenceMs?: number;
}

/**
 * What ffprobe says of every packet of one track without decoding it, line by line: one for each packet, and
 * more for its `data`. Throws as `readMedia` does.
 */
export async function* readPackets(
  path: string,
  track: number,
  { entries, ignoreEdits = false, signal, silenceMs = answerTimeoutMs }: PacketsWanted,
): AsyncGenerator<string, void, void> {
  const watchdog = new Watchdog(silenceMs, () => noAnswer("ffprobe"));
  const cancelSignal = AbortSignal.any([signal, watchdog.signal]);
  const edits = ignoreEdits ? ["-ignore_editlist", "1"] : [];
  const wanted = ["-select_streams", String(track), "-show_entries", `packet=${entries}`];
  const data = entries.includes("data") ? ["-show_data"] : [];
  const options = [...guards, ...edits, ...wanted, ...data, "-of", "csv=p=0", path];
  const child = execa("ffprobe", options, {
    ...childOptions,
    // For a cut-off file ffprobe prints many errors; only the packets that it finds matter.
    stderr: "ignore",
    buffer: false,
    cancelSignal,
  });
  try {
    for await (const line of child) {
      watchdog.touch(silenceMs);
      yield line;
    }
    const result = await child;
    cancelSignal.throwIfAborted();
    const fault = childFault("ffprobe", result);
    if (fault !== null) throw fault;
  } finally {
    watchdog.stop();
  }
}

/** Reads the times of all packets of one track. Throws as `readMedia` does. */
export async function readPacketTimes(
  path: string,
  track: number,
  wanted: Omit<PacketsWanted, "entries">,
): Promise<PacketTimes> {
  const times: PacketTimes = { count: 0, timestamps: [] };
  for await (const line of readPackets(path, track, { ...wanted, entries: "pts_time,flags" })) {
    addPacket(times, line);
  }
  times.timestamps.sort((a, b) => a - b);
  return times;
}

/** A line is `0.033333,K_`; a D in the flags marks a packet that an edit list hides. */
function addPacket(times: PacketTimes, line: string): void {
  const [, time, flags] = /^(N\/A|-?[\d.]+),([A-Z_]+)/.exec(line) ?? [];
  if (time === undefined || flags === undefined) return;
  times.count += 1;
  if (!flags.includes("D")) times.timestamps.push(Number(time));
}
