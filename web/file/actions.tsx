import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import type { FileStatus } from "@transpod/contract/public-api.ts";
import { request } from "../api.ts";
import { deleteLater } from "../delete-later.ts";
import { canCancel, canDownload, canRetry, download } from "../file-actions.ts";
import { may } from "../session.ts";
import { attempt, copy } from "../shell/attempt.ts";
import { words } from "../words.ts";
import { RetryForm } from "./retry-form.tsx";

/** What can be done with a file in its state, with our key. */
export function Actions({ file: status }: { file: FileStatus }) {
  const { file } = words;
  const { route } = useLocation();
  const [retrying, setRetrying] = useState(false);
  const { file_id } = status;
  const path = `/upload/${file_id}`;
  const hasOriginal = status.attempt > 0 && status.original_deleted_at === null;
  return (
    <section aria-label={file.actions}>
      <div class="buttons">
        {canDownload(status) && (
          <button
            type="button"
            class="primary"
            onClick={() => void attempt(() => download(file_id, "processed"))}
          >
            {file.download}
          </button>
        )}
        {hasOriginal && (
          <button type="button" onClick={() => void attempt(() => download(file_id, "original"))}>
            {file.downloadOriginal}
          </button>
        )}
        {may("write") && canCancel(status) && (
          <button
            type="button"
            onClick={() => void attempt(() => request("POST", `${path}/cancel`), file.cancelled)}
          >
            {file.cancel}
          </button>
        )}
        {may("write") && canRetry(status) && (
          <>
            <button
              type="button"
              class="primary"
              onClick={() => void attempt(() => request("POST", `${path}/retry`), file.retried)}
            >
              {file.retry}
            </button>
            <button type="button" aria-expanded={retrying} onClick={() => setRetrying(!retrying)}>
              {file.retryWith}
            </button>
          </>
        )}
        <button type="button" onClick={() => void copy(location.href, file.copied)}>
          {file.copy}
        </button>
        {may("write") && (
          <button
            type="button"
            class="danger"
            onClick={() => {
              deleteLater([file_id]);
              route("/");
            }}
          >
            {file.remove}
          </button>
        )}
      </div>
      {retrying && canRetry(status) && (
        <RetryForm
          settings={status.settings}
          onStart={(settings) =>
            attempt(async () => {
              await request("POST", `${path}/retry`, { body: { settings } });
              setRetrying(false);
            }, file.retried)
          }
        />
      )}
    </section>
  );
}
