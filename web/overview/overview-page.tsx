import { useEffect, useState } from "preact/hooks";
import type { Overview } from "@transpod/contract/overview-api.ts";
import { request } from "../api.ts";
import { watchFiles } from "../events.ts";
import { noticeRefusal } from "../session.ts";
import { Failure, Loading } from "../shell/notice.tsx";
import { useTitle } from "../shell/use-title.ts";
import { words } from "../words.ts";
import { Figures } from "./figures.tsx";

const periods = [24, 72, 168] as const;
/** Figures are asked for again after changes, but not for each of them. */
const refreshMs = 5000;

export function OverviewPage() {
  const { overview: text } = words;
  useTitle(text.title);
  const [hours, setHours] = useState<number>(24);
  const [overview, setOverview] = useState<Overview>();
  const [failure, setFailure] = useState<unknown>(null);
  const [round, setRound] = useState(0);
  const again = (): void => setRound((n) => n + 1);

  useEffect(() => {
    const ended = new AbortController();
    request<Overview>("GET", `/overview?hours=${hours}`, { signal: ended.signal })
      .then((answer) => {
        setOverview(answer);
        setFailure(null);
      })
      .catch((error: unknown) => {
        if (ended.signal.aborted) return;
        noticeRefusal(error);
        setFailure(error);
      });
    return () => ended.abort();
  }, [hours, round]);

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const soon = (): void => {
      timer ??= setTimeout(() => {
        timer = undefined;
        again();
      }, refreshMs);
    };
    const unwatch = watchFiles({ onFile: soon, onDeleted: soon, onReady: again });
    return () => {
      clearTimeout(timer);
      unwatch();
    };
  }, []);

  return (
    <>
      <header class="screen-head">
        <h1>{text.title}</h1>
        <label>
          <span class="unseen">{text.period}</span>
          <select
            value={String(hours)}
            onChange={({ currentTarget: { value } }) => setHours(Number(value))}
          >
            {periods.map((period) => (
              <option key={period} value={String(period)}>
                {text.hours(period)}
              </option>
            ))}
          </select>
        </label>
      </header>
      {failure !== null && <Failure error={failure} again={again} />}
      {failure === null && overview === undefined && <Loading />}
      {overview !== undefined && <Figures overview={overview} />}
    </>
  );
}
