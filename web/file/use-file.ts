import { useEffect, useRef, useState } from "preact/hooks";
import type { FileStatus } from "@transpod/contract/public-api.ts";
import type { Transaction, TransactionsResponse } from "@transpod/contract/transactions-api.ts";
import { ApiError, request } from "../api.ts";
import { watchFiles } from "../events.ts";
import { noticeRefusal } from "../session.ts";
import { announceEnd } from "../shell/announce.ts";

export interface LiveFile {
  file: FileStatus | undefined;
  attempts: readonly Transaction[];
  failure: unknown;
  gone: boolean;
  again: () => void;
}

/** A file and its attempts, kept current by the stream of changes. */
export function useFile(fileId: string): LiveFile {
  const [file, setFile] = useState<FileStatus>();
  const [attempts, setAttempts] = useState<readonly Transaction[]>([]);
  const [failure, setFailure] = useState<unknown>(null);
  const [gone, setGone] = useState(false);
  const [round, setRound] = useState(0);
  const again = (): void => setRound((n) => n + 1);
  const isWaiting = useRef(false);
  isWaiting.current = file?.processing_status === "pending";

  useEffect(() => {
    const ended = new AbortController();
    const fail = (error: unknown): void => {
      if (ended.signal.aborted) return;
      noticeRefusal(error);
      if (error instanceof ApiError && error.status === 404) setGone(true);
      else setFailure(error);
    };
    request<FileStatus>("GET", `/upload/${fileId}`, { signal: ended.signal })
      .then((status) => {
        setFile(status);
        setFailure(null);
      })
      .catch(fail);
    return () => ended.abort();
  }, [fileId, round]);

  useEffect(
    () =>
      watchFiles({
        onFile: (changed) => {
          if (changed.file_id !== fileId) return;
          setFile((before) => {
            announceEnd(before, changed);
            return changed;
          });
        },
        onDeleted: (deleted) => {
          if (deleted === fileId) setGone(true);
        },
        onReady: again,
        onQueue: () => {
          if (isWaiting.current) again();
        },
      }),
    [fileId],
  );

  // What the attempts say changes with these.
  const turn =
    file && [file.attempt, file.processing_status, file.waiting_for, file.workers].join();
  useEffect(() => {
    if (turn === undefined) return;
    const ended = new AbortController();
    request<TransactionsResponse>("GET", `/upload/${fileId}/transactions`, { signal: ended.signal })
      .then(({ transactions }) => setAttempts(transactions))
      .catch(noticeRefusal);
    return () => ended.abort();
  }, [fileId, turn]);

  return { file, attempts, failure, gone, again };
}
