import { useEffect, useRef, useState } from "preact/hooks";
import type { StillsResponse } from "@transpod/contract/stills-api.ts";
import { request } from "../api.ts";
import { formatClock } from "../format.ts";
import { words } from "../words.ts";

type Still = StillsResponse["stills"][number];

/** The same frames of both videos, of which a line shows a part each. For browsers that can't play H.265, too. */
export function Compare({ fileId }: { fileId: string }) {
  const { file } = words;
  const [stills, setStills] = useState<readonly Still[]>([]);
  const [failed, setFailed] = useState(false);
  const [chosen, setChosen] = useState(0);
  useEffect(() => {
    const ended = new AbortController();
    request<StillsResponse>("GET", `/upload/${fileId}/stills`, { signal: ended.signal })
      .then((answer) => setStills(answer.stills))
      .catch(() => setFailed(!ended.signal.aborted));
    return () => ended.abort();
  }, [fileId]);

  const still = stills[chosen];
  if (failed) return <p class="hint">{file.stillsFailed}</p>;
  if (still === undefined) return null;
  return (
    <section class="compare" aria-labelledby="compare-title">
      <h2 id="compare-title">{file.compare}</h2>
      <Pair still={still} />
      {stills.length > 1 && (
        <div class="strip">
          {stills.map(({ time_seconds, processed_url }, i) => (
            <button
              key={time_seconds}
              type="button"
              aria-pressed={i === chosen}
              aria-label={file.stillAt(formatClock(time_seconds))}
              onClick={() => setChosen(i)}
            >
              <img src={processed_url} alt="" loading="lazy" />
              <span aria-hidden="true">{formatClock(time_seconds)}</span>
            </button>
          ))}
        </div>
      )}
    </section>
  );
}

/** The pointer moves the line on the picture; the keyboard moves it by the slider below. */
function Pair({ still }: { still: Still }) {
  const { file } = words;
  const [percent, setPercent] = useState(50);
  const picture = useRef<HTMLDivElement>(null);
  const time = formatClock(still.time_seconds);
  const follow = (event: PointerEvent): void => {
    const box = picture.current?.getBoundingClientRect();
    if (box === undefined || event.buttons === 0) return;
    const share = (event.clientX - box.left) / box.width;
    setPercent(Math.round(100 * Math.min(1, Math.max(0, share))));
  };
  return (
    <>
      <div
        class="pair"
        ref={picture}
        style={{ aspectRatio: `${still.width} / ${still.height}`, "--line": `${percent}%` }}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          follow(event);
        }}
        onPointerMove={follow}
      >
        <img src={still.processed_url} alt={file.still(file.result, time)} draggable={false} />
        <img
          class="before"
          src={still.original_url}
          alt={file.still(file.original, time)}
          draggable={false}
        />
        <span class="tag left" aria-hidden="true">
          {file.original}
        </span>
        <span class="tag right" aria-hidden="true">
          {file.result}
        </span>
        <span class="handle" aria-hidden="true" />
      </div>
      <input
        type="range"
        min={0}
        max={100}
        value={percent}
        aria-label={file.compareLabel}
        aria-valuetext={file.compareValue(percent)}
        aria-describedby="compare-hint"
        onInput={(event) => setPercent(event.currentTarget.valueAsNumber)}
      />
      <p class="hint" id="compare-hint">
        {file.compareHint}
      </p>
    </>
  );
}
