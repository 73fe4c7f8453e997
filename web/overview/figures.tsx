import type { Overview } from "@transpod/contract/overview-api.ts";
import { unendedStates } from "@transpod/contract/states.ts";
import { formatBytes, formatDuration, formatNumber, formatShare } from "../format.ts";
import { words } from "../words.ts";

export function Figures({ overview }: { overview: Overview }) {
  const { overview: text } = words;
  const { states, last_hours: past } = overview;
  const saved = past.original_bytes - past.processed_bytes;
  const ended = past.completed + past.failed + past.cancelled;
  return (
    <>
      <section aria-labelledby="now-title">
        <h2 id="now-title">{text.now}</h2>
        <dl class="figures">
          <Figure name={text.running} value={formatNumber(states.processing)} />
          <Figure name={text.waiting} value={formatNumber(states.pending + states.uploaded)} />
        </dl>
      </section>
      <section aria-labelledby="past-title">
        <h2 id="past-title">{text.hours(overview.hours)}</h2>
        {ended === 0 ? (
          <p class="hint">{text.empty}</p>
        ) : (
          <dl class="figures">
            <Figure name={words.states.completed} value={formatNumber(past.completed)} />
            <Figure name={words.states.failed} value={formatNumber(past.failed)} />
            {past.original_bytes > 0 && (
              <Figure
                name={saved >= 0 ? text.saved : text.grew}
                value={formatBytes(Math.abs(saved))}
                more={formatShare(Math.abs(saved) / past.original_bytes)}
              />
            )}
            <Figure name={text.video} value={formatDuration(past.video_seconds)} />
            {past.processing_seconds > 0 && (
              <Figure
                name={text.throughput}
                value={`${(past.video_seconds / past.processing_seconds).toFixed(2)} s`}
              />
            )}
          </dl>
        )}
      </section>
      <div class="columns">
        <section aria-labelledby="failures-title">
          <h2 id="failures-title">{text.failures}</h2>
          {past.failures.length === 0 ? (
            <p class="hint">{text.noFailures}</p>
          ) : (
            <Bars
              head={text.code}
              rows={past.failures.map(({ code, count }) => ({
                name: words.failures[code] ?? code,
                count,
              }))}
            />
          )}
        </section>
        <section aria-labelledby="states-title">
          <h2 id="states-title">{text.states}</h2>
          <Bars
            head={words.list.state}
            rows={unendedStates.map((state) => ({
              name: words.states[state],
              count: states[state],
            }))}
          />
        </section>
      </div>
    </>
  );
}

function Figure({ name, value, more }: { name: string; value: string; more?: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <strong>{value}</strong>
        {more !== undefined && <span>{more}</span>}
      </dd>
    </div>
  );
}

function Bars({ head, rows }: { head: string; rows: readonly { name: string; count: number }[] }) {
  const most = Math.max(1, ...rows.map(({ count }) => count));
  return (
    <table class="bars">
      <thead class="unseen">
        <tr>
          <th scope="col">{head}</th>
          <th scope="col">{words.overview.count}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ name, count }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td style={{ "--share": `${(100 * count) / most}%` }}>{formatNumber(count)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
