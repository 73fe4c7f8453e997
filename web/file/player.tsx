import { useState } from "preact/hooks";
import type { FileStatus } from "@transpod/contract/public-api.ts";
import type { MediaSummary } from "@transpod/contract/work-protocol.ts";
import { downloadUrl } from "../file-actions.ts";
import { attempt } from "../shell/attempt.ts";
import { words } from "../words.ts";

type Kind = "original" | "processed";

/** Plays what the browser says it can play, and says so of the rest. */
export function Player({ file: status }: { file: FileStatus }) {
  const { file } = words;
  const [playing, setPlaying] = useState<{ kind: Kind; url: string }>();
  const { original, processed } = status;
  if (original === null || processed === null) return null;
  const media = { original, processed };
  const names = { original: file.playOriginal, processed: file.playResult };
  const deletedAt = { original: status.original_deleted_at, processed: status.result_deleted_at };
  const kinds = (["original", "processed"] as const).filter((kind) => deletedAt[kind] === null);
  if (kinds.length === 0) return null;
  const play = (kind: Kind) =>
    attempt(async () => setPlaying({ kind, url: await downloadUrl(status.file_id, kind) }));
  return (
    <section class="player" aria-labelledby="player-title">
      <h2 id="player-title">{file.play}</h2>
      <div class="buttons">
        {kinds.map((kind) =>
          canPlay(media[kind]) ? (
            <button
              key={kind}
              type="button"
              aria-pressed={playing?.kind === kind}
              onClick={() => void play(kind)}
            >
              {names[kind]}
            </button>
          ) : (
            <p key={kind} class="hint">
              {names[kind]}: {file.cannotPlay(words.codecs[media[kind].codec] ?? media[kind].codec)}
            </p>
          ),
        )}
      </div>
      {playing && (
        <video
          src={playing.url}
          controls
          autoPlay
          playsInline
          aria-label={file.playerOf(names[playing.kind])}
        />
      )}
    </section>
  );
}

/** Level 5.1 of each: no browser plays some levels of a codec and not the usual ones. */
const codecParameters: Readonly<Record<string, string>> = {
  h264: "avc1.640033",
  hevc: "hvc1.1.6.L153.B0",
};

function canPlay({ codec }: MediaSummary): boolean {
  const parameters = codecParameters[codec];
  if (parameters === undefined) return false;
  return document.createElement("video").canPlayType(`video/mp4; codecs="${parameters}"`) !== "";
}
