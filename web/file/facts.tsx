import type { FileStatus } from "@transpod/contract/public-api.ts";
import type { MediaSummary } from "@transpod/contract/work-protocol.ts";
import { formatBitRate, formatBytes, formatDuration, formatNumber } from "../format.ts";
import { words } from "../words.ts";

/** Both media in one table: what changed is easy to see. */
export function Facts({ file: { original, processed } }: { file: FileStatus }) {
  const { file } = words;
  if (original === null) return null;
  const [before, after] = [factsOf(original), processed === null ? null : factsOf(processed)];
  return (
    <section aria-labelledby="facts-title">
      <h2 id="facts-title">{file.facts}</h2>
      <table class="facts-table">
        <thead>
          <tr>
            <td />
            <th scope="col">{file.original}</th>
            <th scope="col">{file.result}</th>
          </tr>
        </thead>
        <tbody>
          {before.map(([name, value], i) => {
            const result = after?.[i]?.[1] ?? "–";
            return (
              <tr key={name} class={after !== null && result !== value ? "changed" : ""}>
                <th scope="row">{name}</th>
                <td>{value}</td>
                <td>{result}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

function factsOf(media: MediaSummary): [name: string, value: string][] {
  const { fact, noAudio, bits, hdr } = words.file;
  const { details } = media;
  const colour = details && [bits(details.bit_depth), details.chroma, hdr[details.hdr ?? "sdr"]];
  return [
    [fact.codec, words.codecs[media.codec] ?? media.codec],
    [fact.size, formatBytes(media.size_bytes)],
    [fact.bitRate, formatBitRate(media.bit_rate)],
    [fact.picture, `${media.width} × ${media.height}`],
    [fact.frameRate, formatNumber(media.frame_rate, 2)],
    [fact.duration, formatDuration(media.duration_seconds)],
    [fact.frames, formatNumber(media.frames)],
    [fact.audio, media.audio_codecs.join(", ") || noAudio],
    [fact.colour, colour?.join(", ") ?? media.pixel_format],
    [fact.container, media.container],
  ];
}
