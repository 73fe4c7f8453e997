import { overallPercent, untilStart } from "@transpod/contract/figures.ts";
import type { FileStatus } from "@transpod/contract/public-api.ts";
import { formatBytes, formatDuration, formatRate } from "../format.ts";
import { Saved } from "../shell/saved.tsx";
import { StateLabel } from "../shell/state-label.tsx";
import { words } from "../words.ts";
import { Poster } from "./poster.tsx";

interface RowProps {
  file: FileStatus;
  selected: boolean;
  onSelect: (selected: boolean) => void;
}

export function Row({ file, selected, onSelect }: RowProps) {
  const { file_id, file_name, size_bytes, processing_status } = file;
  const percent = overallPercent(file.progress);
  return (
    <div class={selected ? "row selected" : "row"}>
      <label class="pick">
        <input
          type="checkbox"
          checked={selected}
          aria-label={words.list.select(file_name)}
          onChange={(event) => onSelect(event.currentTarget.checked)}
        />
      </label>
      <Poster file={file} />
      <div class="what">
        <a class="name" href={`/files/${file_id}`}>
          {file_name}
        </a>
        <p class="facts">
          <Codecs file={file} />
          {size_bytes !== null && <span>{formatBytes(size_bytes)}</span>}
          {file.original && <span>{formatDuration(file.original.duration_seconds)}</span>}
        </p>
      </div>
      <div class="now">
        <p class="state-line">
          <StateLabel state={processing_status} />
          {percent !== null && <span class="percent">{Math.floor(percent)} %</span>}
        </p>
        <p class="detail">{detailOf(file)}</p>
      </div>
      <div class="saved">
        <Saved file={file} />
      </div>
      {percent !== null && (
        <progress
          class="line"
          max={100}
          value={percent}
          aria-label={words.row.progress(file_name)}
        />
      )}
    </div>
  );
}

function Codecs({ file: { original_codec, target_codec } }: { file: FileStatus }) {
  if (original_codec === null) return null;
  const nameOf = (codec: string) => words.codecs[codec] ?? codec;
  return (
    <span class="codecs">
      {nameOf(original_codec)}
      {target_codec !== null && ` → ${nameOf(target_codec)}`}
    </span>
  );
}

/** What matters most about a file in its state. */
function detailOf(file: FileStatus): string {
  const { queue_position, waiting_for, progress, failure, workers } = file;
  if (failure !== null) return failure.detail;
  if (queue_position !== null) {
    const place = words.row.queue(queue_position);
    const start = untilStart(file, Date.now());
    return start === null ? place : `${place} · ${words.row.starts(start)}`;
  }
  if (waiting_for !== null) return words.row.waits(waiting_for);
  if (file.processing_status === "completed") {
    return file.processing_time === null
      ? ""
      : words.row.took(formatDuration(file.processing_time));
  }
  if (progress === null) return "";
  const { phase, fps, eta_seconds } = progress;
  return [
    words.phases[phase],
    fps !== null && words.row.fps(formatRate(fps)),
    eta_seconds !== null && words.row.left(formatDuration(eta_seconds)),
    workers !== null && workers > 1 && words.row.workers(workers),
  ]
    .filter((part) => part !== false)
    .join(" · ");
}
