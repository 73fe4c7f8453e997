import type { ClaimedTask } from "@transpod/contract/chunk-protocol.ts";
import { downloadFile } from "../transfer/download.ts";
import { requireFreeSpace } from "../transfer/free-space.ts";
import { uploadFile, uploadWhole, type Uploaded } from "../transfer/upload.ts";
import { AttemptError } from "./attempt-error.ts";
import { sourceOf, type TaskDeps } from "./task.ts";

/** Downloads the whole source. */
export async function downloadSource(
  deps: TaskDeps,
  task: ClaimedTask,
  path: string,
): Promise<void> {
  const { folder, report } = deps;
  const source = sourceOf(deps, task);
  if (source.sizeBytes === 0) throw new AttemptError("empty_file", "The uploaded file is empty.");
  await requireFreeSpace(folder, source.sizeBytes);
  const onProgress = progressOf("download", source.sizeBytes, report);
  await downloadFile({ ...source, path, onProgress });
}

interface OwnFile {
  path: string;
  sizeBytes: number;
}

/** Uploads the result of the attempt, in parts. */
export function uploadResult(
  { work, report, signal }: TaskDeps,
  lease: number,
  { path, sizeBytes }: OwnFile,
): Promise<Uploaded> {
  const sign = (numbers: number[]) => work.parts({ lease, part_numbers: numbers }, signal);
  const onProgress = progressOf("upload", sizeBytes, report);
  return uploadFile({ path, sizeBytes, sign, onProgress, signal });
}

/** Uploads an encoded chunk, in one piece: it is an object of its own. */
export function uploadChunk(
  { work, report, signal }: TaskDeps,
  chunk: { chunk: number; lease: number },
  { path, sizeBytes }: OwnFile,
): Promise<string> {
  const sign = () => work.chunkUrl(chunk, signal);
  const onProgress = progressOf("upload", sizeBytes, report);
  return uploadWhole({ path, sizeBytes, sign, onProgress, signal });
}

function progressOf(phase: "download" | "upload", sizeBytes: number, report: TaskDeps["report"]) {
  return (bytes: number) => report({ phase, percent: percentOf(bytes, sizeBytes) });
}

function percentOf(part: number, whole: number): number {
  return whole === 0 ? 100 : Math.min(100, Math.round((part / whole) * 1000) / 10);
}
