import { savedShare } from "@transpod/contract/figures.ts";
import type { FileStatus } from "@transpod/contract/public-api.ts";
import { formatBytes, formatDuration, formatNumber, formatShare } from "../format.ts";
import { words } from "../words.ts";

/** The figures that people come for: how much smaller, how alike, how long. */
export function Outcome({ file: status }: { file: FileStatus }) {
  const { file } = words;
  const { size_bytes, processed_size_bytes, verification, processing_time } = status;
  if (status.processing_status !== "completed") return null;
  const share = savedShare(status);
  const ssim = verification?.ssim?.y;
  return (
    <dl class="figures">
      {share !== null && (
        <div>
          <dt>{share >= 0 ? file.saved : file.grew}</dt>
          <dd>
            <strong>{formatShare(Math.abs(share))}</strong>
            <span>
              {formatBytes(size_bytes ?? 0)} → {formatBytes(processed_size_bytes ?? 0)}
            </span>
          </dd>
        </div>
      )}
      {ssim !== undefined && (
        <div>
          <dt>{file.quality}</dt>
          <dd>
            <strong>{ssim.toFixed(3)}</strong>
            <span>{file.qualityOf(ssim)}</span>
          </dd>
        </div>
      )}
      {processing_time !== null && (
        <div>
          <dt>{file.took}</dt>
          <dd>
            <strong>{formatDuration(processing_time)}</strong>
            {verification && <span>{file.verified(formatNumber(verification.frames))}</span>}
          </dd>
        </div>
      )}
    </dl>
  );
}
