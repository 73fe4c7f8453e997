import { useEffect, useRef, useState } from "preact/hooks";
import type { Explanation } from "@transpod/contract/explain-api.ts";
import type { FileStatus } from "@transpod/contract/public-api.ts";
import { ApiError, request } from "../api.ts";
import { watchFiles } from "../events.ts";
import { noticeRefusal } from "../session.ts";
import { announceEnd } from "../shell/announce.ts";

export interface LiveFile {
  file: FileStatus | undefined;
  /** Undefined until it is read. */
  story: Explanation | undefined;
  failure: unknown;
  gone: boolean;
  again: () => void;
}

/** A file and its story, kept current by the stream of changes. */
export function useFile(fileId: string): LiveFile {
  const [file, setFile] = useState<FileStatus>();
  const [story, setStory] = useState<Explanation>();
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

  const turn = file && turnOf(file);
  useEffect(() => {
    if (turn === undefined) return;
    const ended = new AbortController();
    request<Explanation>("GET", `/upload/${fileId}/explain`, { signal: ended.signal })
      .then(setStory)
      .catch(noticeRefusal);
    return () => ended.abort();
  }, [fileId, turn]);

  return { file, story, failure, gone, again };
}

/** The story changes with these. */
function turnOf(file: FileStatus): string {
  const { attempt, processing_status, queue_position, waiting_for, workers, progress, priority } =
    file;
  const state = [attempt, processing_status, queue_position, waiting_for, workers, priority];
  return JSON.stringify([...state, file.chunks, progress?.phase]);
}
