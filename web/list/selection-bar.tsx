import type { FileStatus } from "@transpod/contract/public-api.ts";
import { canCancel, canDownload, canRetry, downloadResult } from "../file-actions.ts";
import { deleteLater } from "../delete-later.ts";
import { request } from "../api.ts";
import { may } from "../session.ts";
import { explain } from "../shell/explain.ts";
import { toast } from "../shell/toasts.tsx";
import { words } from "../words.ts";

interface SelectionBarProps {
  files: readonly FileStatus[];
  onClear: () => void;
}

/** What can be done with the selected files; only what the key may do. */
export function SelectionBar({ files, onClear }: SelectionBarProps) {
  const { list } = words;
  if (files.length === 0) return null;
  const cancellable = files.filter(canCancel);
  const retryable = files.filter(canRetry);
  const downloadable = files.filter(canDownload);
  return (
    <div class="selection" role="group" aria-label={list.actions}>
      <strong>{list.selected(files.length)}</strong>
      {downloadable.length > 0 && (
        <button type="button" onClick={() => void each(downloadable, downloadResult)}>
          {list.download(downloadable.length)}
        </button>
      )}
      {may("write") && cancellable.length > 0 && (
        <button
          type="button"
          onClick={() => void each(cancellable, post("cancel"), list.cancelled)}
        >
          {list.cancel(cancellable.length)}
        </button>
      )}
      {may("write") && retryable.length > 0 && (
        <button type="button" onClick={() => void each(retryable, post("retry"), list.retried)}>
          {list.retry(retryable.length)}
        </button>
      )}
      {may("write") && (
        <button
          type="button"
          class="danger"
          onClick={() => {
            deleteLater(files.map(({ file_id }) => file_id));
            onClear();
          }}
        >
          {list.remove(files.length)}
        </button>
      )}
      <button type="button" class="plain" onClick={onClear}>
        {list.clearSelection}
      </button>
    </div>
  );
}

const post =
  (action: "cancel" | "retry") =>
  (file: FileStatus): Promise<unknown> =>
    request("POST", `/upload/${file.file_id}/${action}`);

/** One after the other; says how many succeeded and why the others did not. */
async function each(
  files: readonly FileStatus[],
  act: (file: FileStatus) => Promise<unknown>,
  done?: (count: number) => string,
): Promise<void> {
  let failures = 0;
  let reason: unknown;
  for (const file of files) {
    try {
      // oxlint-disable-next-line no-await-in-loop -- there may be hundreds
      await act(file);
    } catch (error) {
      failures++;
      reason = error;
    }
  }
  const succeeded = files.length - failures;
  if (done !== undefined && succeeded > 0) toast(done(succeeded));
  if (failures > 0) toast(words.list.someFailed(failures, explain(reason)), { bad: true });
}
