import type { FileStatus } from "@transpod/contract/public-api.ts";
import type { Transaction } from "@transpod/contract/transactions-api.ts";
import { formatMoment, formatTime } from "../format.ts";
import { words } from "../words.ts";
import { timelineOf } from "./timeline.ts";

interface TimelineProps {
  file: FileStatus;
  attempts: readonly Transaction[];
}

export function Timeline({ file, attempts }: TimelineProps) {
  return (
    <section class="timeline" aria-labelledby="timeline-title">
      <h2 id="timeline-title">{words.file.timeline}</h2>
      {timelineOf(file, attempts).map(({ attempt, entries }) => (
        <div key={attempt} class="chapter">
          {attempt > 0 && <h3>{words.timeline.attempt(attempt)}</h3>}
          <ol>
            {entries.map(({ at, text, tone }) => (
              <li key={text} class={tone}>
                {at === null ? (
                  <span />
                ) : (
                  <time dateTime={at} title={formatTime(at)}>
                    {formatMoment(at)}
                  </time>
                )}
                <p>{text}</p>
              </li>
            ))}
          </ol>
        </div>
      ))}
      {file.notes.length > 0 && (
        <div class="chapter">
          <h3>{words.file.notes}</h3>
          <ul class="notes">
            {file.notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </div>
      )}
    </section>
  );
}
