import { formatBytes, formatDuration } from "../format.ts";
import { words } from "../words.ts";
import type { Upload } from "./upload.ts";
import { isUnderWay, pause, remove, resume } from "./uploads.ts";

export function UploadRow({ upload }: { upload: Upload }) {
  const u = words.upload;
  const phase = upload.phase.value;
  const isRunning = isUnderWay(upload);
  const hasEnded = phase === "done" || phase === "refused";
  const percent = upload.sizeBytes === 0 ? 0 : (100 * upload.sentBytes.value) / upload.sizeBytes;
  return (
    <li class="upload-row">
      <div>
        <p class="name">
          {phase === "done" && upload.fileId !== null ? (
            <a href={`/files/${upload.fileId}`}>{upload.name}</a>
          ) : (
            upload.name
          )}
        </p>
        <Facts upload={upload} />
      </div>
      <p class={upload.problem.value === null ? "upload-state" : "upload-state bad"}>
        {upload.problem.value ?? stateOf(upload, percent)}
      </p>
      <div class="upload-buttons">
        {isRunning && (
          <button type="button" aria-label={u.pauseOf(upload.name)} onClick={() => pause(upload)}>
            {u.pause}
          </button>
        )}
        {phase === "paused" && (
          <button type="button" aria-label={u.resumeOf(upload.name)} onClick={() => resume(upload)}>
            {u.resume}
          </button>
        )}
        {phase === "failed" && (
          <button type="button" aria-label={u.againOf(upload.name)} onClick={() => resume(upload)}>
            {u.again}
          </button>
        )}
        <button
          type="button"
          class="plain"
          aria-label={hasEnded ? u.dismissOf(upload.name) : u.cancelOf(upload.name)}
          onClick={() => void remove(upload)}
        >
          {hasEnded ? u.dismiss : u.cancel}
        </button>
      </div>
      {isRunning && (
        <progress class="line" max={100} value={percent} aria-label={u.progressOf(upload.name)} />
      )}
    </li>
  );
}

function Facts({ upload }: { upload: Upload }) {
  const look = upload.look.value;
  return (
    <p class="facts">
      <span>{formatBytes(upload.sizeBytes)}</span>
      {look !== null && look.codec !== null && <span>{words.codecs[look.codec]}</span>}
      {look !== null && (
        <span>
          {look.width} × {look.height}
        </span>
      )}
      {typeof look?.durationSeconds === "number" && (
        <span>{formatDuration(look.durationSeconds)}</span>
      )}
    </p>
  );
}

function stateOf(upload: Upload, percent: number): string {
  const u = words.upload;
  const speed = upload.speed.value;
  if (upload.phase.value !== "sending") return u.phases[upload.phase.value];
  const parts = [`${Math.floor(percent)} %`];
  if (speed !== null && speed > 0) {
    const left = (upload.sizeBytes - upload.sentBytes.value) / speed;
    parts.push(u.speed(formatBytes(speed)), words.row.left(formatDuration(left)));
  }
  return parts.join(" · ");
}
