import { savedShare } from "@transpod/contract/figures.ts";
import type { FileStatus } from "@transpod/contract/public-api.ts";
import { formatBytes, formatShare } from "../format.ts";
import { words } from "../words.ts";

/** How much smaller the result is. */
export function Saved({ file }: { file: FileStatus }) {
  const share = savedShare(file);
  if (share === null) return null;
  return (
    <>
      <strong class={share > 0 ? "good" : "more"}>{describe(share)}</strong>
      <span>{formatBytes(file.processed_size_bytes ?? 0)}</span>
    </>
  );
}

function describe(share: number): string {
  if (Math.abs(share) < 0.0005) return words.row.same;
  return share > 0 ? words.row.smaller(formatShare(share)) : words.row.larger(formatShare(-share));
}
