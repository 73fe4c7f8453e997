import type { FileStatus } from "@transpod/contract/public-api.ts";
import { formatBytes, formatShare } from "../format.ts";
import { words } from "../words.ts";

/** How much smaller the result is. */
export function Saved({ file }: { file: FileStatus }) {
  const { size_bytes, processed_size_bytes } = file;
  if (size_bytes === null || processed_size_bytes === null) return null;
  const share = 1 - processed_size_bytes / size_bytes;
  return (
    <>
      <strong class={share > 0 ? "good" : "more"}>{describe(share)}</strong>
      <span>{formatBytes(processed_size_bytes)}</span>
    </>
  );
}

function describe(share: number): string {
  if (Math.abs(share) < 0.0005) return words.row.same;
  return share > 0 ? words.row.smaller(formatShare(share)) : words.row.larger(formatShare(-share));
}
