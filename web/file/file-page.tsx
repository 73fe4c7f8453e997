import { useRoute } from "preact-iso";
import { overallPercent, untilStart } from "@transpod/contract/figures.ts";
import type { FileStatus } from "@transpod/contract/public-api.ts";
import { formatDuration, formatNumber, formatRate } from "../format.ts";
import { Failure, Loading, Notice } from "../shell/notice.tsx";
import { StateLabel } from "../shell/state-label.tsx";
import { useTitle } from "../shell/use-title.ts";
import { words } from "../words.ts";
import { Actions } from "./actions.tsx";
import { Compare } from "./compare.tsx";
import { Facts } from "./facts.tsx";
import { Outcome } from "./outcome.tsx";
import { Player } from "./player.tsx";
import { Timeline } from "./timeline.tsx";
import { useFile } from "./use-file.ts";

export function FilePage() {
  const { file_id = "" } = useRoute().params;
  return <File key={file_id} fileId={file_id} />;
}

function File({ fileId }: { fileId: string }) {
  const { file, story, failure, gone, again } = useFile(fileId);
  useTitle(file?.file_name ?? words.list.title);
  if (gone) {
    return (
      <Notice whole title={words.file.notFound} action={<a href="/">{words.problem.toFiles}</a>}>
        {words.file.notFoundNext}
      </Notice>
    );
  }
  if (file === undefined) {
    return failure === null ? <Loading /> : <Failure whole error={failure} again={again} />;
  }
  return (
    <article class="file">
      <a class="back" href="/">
        {words.file.back}
      </a>
      <header>
        <h1>{file.file_name}</h1>
        <StateLabel state={file.processing_status} />
      </header>
      <Waiting file={file} />
      <Progress file={file} />
      {file.failure && (
        <section class="failure">
          <h2>{words.file.failed}</h2>
          <p>{file.failure.detail}</p>
          <p class="hint">{words.file.failedNext}</p>
        </section>
      )}
      <Outcome file={file} />
      <Actions file={file} />
      {file.stills > 0 && <Compare fileId={file.file_id} />}
      <div class="columns">
        <div>
          <Facts file={file} />
          {file.processing_status === "completed" && <Player file={file} />}
        </div>
        {story && <Timeline {...story} />}
      </div>
    </article>
  );
}

function Waiting({ file }: { file: FileStatus }) {
  if (file.queue_position === null) return null;
  const start = untilStart(file, Date.now());
  return (
    <section class="running">
      <p>
        <span>{words.row.queue(file.queue_position)}</span>
        {start !== null && <span>{words.row.starts(start)}</span>}
      </p>
    </section>
  );
}

function Progress({ file }: { file: FileStatus }) {
  const percent = overallPercent(file.progress);
  if (percent === null || file.progress === null) return null;
  const { phase, fps, eta_seconds, frame, total_frames } = file.progress;
  return (
    <section class="running">
      <progress max={100} value={percent} aria-label={words.row.progress(file.file_name)} />
      <p>
        <strong>{Math.floor(percent)} %</strong>
        <span>{words.phases[phase]}</span>
        {frame !== null && total_frames !== null && (
          <span>
            {formatNumber(frame)} / {formatNumber(total_frames)}
          </span>
        )}
        {fps !== null && <span>{words.row.fps(formatRate(fps))}</span>}
        {eta_seconds !== null && <span>{words.row.left(formatDuration(eta_seconds))}</span>}
      </p>
    </section>
  );
}
