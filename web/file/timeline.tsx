import type { Entry, Explanation } from "@transpod/contract/explain-api.ts";
import { formatMoment, formatTime } from "../format.ts";
import { words } from "../words.ts";
import { chaptersOf } from "./timeline.ts";

export function Timeline({ entries, next }: Explanation) {
  return (
    <section class="timeline" aria-labelledby="timeline-title">
      <h2 id="timeline-title">{words.timeline.title}</h2>
      {chaptersOf(entries).map(({ attempt, entries: own }) => (
        <div key={attempt} class="chapter">
          {attempt > 0 && <h3>{words.timeline.attempt(attempt)}</h3>}
          <ol>
            {own.map((entry, index) => (
              <Line key={index} {...entry} />
            ))}
          </ol>
        </div>
      ))}
      <div class="chapter next">
        <h3>{words.timeline.next}</h3>
        <p>{next.text}</p>
        {next.operator !== null && <p>{words.timeline.operator(next.operator)}</p>}
      </div>
    </section>
  );
}

function Line({ at, text, tone, failure }: Entry) {
  return (
    <li class={tone}>
      {at === null ? (
        <span />
      ) : (
        <time dateTime={at} title={formatTime(at)}>
          {formatMoment(at)}
        </time>
      )}
      <div>
        <p>{text}</p>
        {failure !== null && failure.worker_log !== null && (
          <details>
            <summary>{words.timeline.log}</summary>
            {/* It scrolls, so the keyboard must reach it. */}
            <pre tabIndex={0}>{failure.worker_log}</pre>
          </details>
        )}
      </div>
    </li>
  );
}
