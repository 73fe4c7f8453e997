import { signal } from "@preact/signals";
import { ApiError, request } from "./api.ts";
import { explain } from "./shell/explain.ts";
import { toast } from "./shell/toasts.tsx";
import { words } from "./words.ts";

/** Files that will be deleted unless someone undoes it: lists do not show them. */
export const leaving = signal<ReadonlySet<string>>(new Set());

/** How long a deletion can be undone. */
const undoMs = 6000;

/** Deletes files after some seconds, or when the page is left. */
export function deleteLater(fileIds: readonly string[]): void {
  leaving.value = new Set([...leaving.value, ...fileIds]);
  const settle = (): void => {
    clearTimeout(timer);
    removeEventListener("pagehide", send);
  };
  const send = (): void => {
    settle();
    void deleteAll(fileIds);
  };
  const close = toast(words.list.deleting(fileIds.length), {
    undo() {
      settle();
      close();
      stay(fileIds);
      toast(words.list.undone);
    },
  });
  const timer = setTimeout(send, undoMs);
  // Who leaves the page meant it.
  addEventListener("pagehide", send);
}

async function deleteAll(fileIds: readonly string[]): Promise<void> {
  // All at once: a page that is left sends nothing later.
  const answers = await Promise.allSettled(
    fileIds.map((fileId) => request("DELETE", `/upload/${fileId}`, { keepalive: true })),
  );
  const failed = answers.flatMap((answer, i) => {
    if (answer.status === "fulfilled") return [];
    const reason: unknown = answer.reason;
    const gone = reason instanceof ApiError && reason.status === 404;
    return gone ? [] : [{ fileId: fileIds[i] ?? "", reason }];
  });
  if (failed.length === 0) return;
  stay(failed.map(({ fileId }) => fileId));
  toast(words.list.someFailed(failed.length, explain(failed[0]?.reason)), { bad: true });
}

function stay(fileIds: readonly string[]): void {
  const staying = new Set(fileIds);
  leaving.value = new Set([...leaving.value].filter((id) => !staying.has(id)));
}
