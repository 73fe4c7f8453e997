import type { FileStatus } from "@transpod/contract/public-api.ts";
import { isTerminal } from "@transpod/contract/states.ts";
import { request } from "./api.ts";

/** What the API allows in a file's state. */
export const canCancel = ({ processing_status: state }: FileStatus): boolean => !isTerminal(state);
export const canRetry = ({ processing_status: state, original_deleted_at }: FileStatus): boolean =>
  (state === "failed" || state === "cancelled") && original_deleted_at === null;
export const canDownload = ({ processing_status: state, result_deleted_at }: FileStatus): boolean =>
  state === "completed" && result_deleted_at === null;

export async function downloadUrl(fileId: string, kind: "original" | "processed"): Promise<string> {
  const path = `/upload/${fileId}/download/${kind}`;
  const { download_url } = await request<{ download_url: string }>("GET", path);
  return download_url;
}

/** Lets the browser save the file; S3 says its name. */
export async function download(fileId: string, kind: "original" | "processed"): Promise<void> {
  const link = document.createElement("a");
  link.href = await downloadUrl(fileId, kind);
  link.download = "";
  link.click();
}

export const downloadResult = ({ file_id }: FileStatus): Promise<void> =>
  download(file_id, "processed");
