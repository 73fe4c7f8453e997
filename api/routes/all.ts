import type { Route } from "../route.ts";
import { abortMultipart } from "./abort-multipart.ts";
import { beginMultipart } from "./begin-multipart.ts";
import { cancelFile } from "./cancel-file.ts";
import { completeMultipart } from "./complete-multipart.ts";
import { createUpload } from "./create-upload.ts";
import { deleteFile } from "./delete-file.ts";
import { downloadOriginal } from "./download-original.ts";
import { downloadProcessed } from "./download-processed.ts";
import { getMultipart } from "./get-multipart.ts";
import { getStatus } from "./get-status.ts";
import { healthz } from "./healthz.ts";
import { listFiles } from "./list-files.ts";
import { listTransactions } from "./list-transactions.ts";
import { metrics } from "./metrics.ts";
import { readyz } from "./readyz.ts";
import { renewUploadUrl } from "./renew-upload-url.ts";
import { retryFile } from "./retry-file.ts";
import { signParts } from "./sign-parts.ts";
import { updateFile } from "./update-file.ts";
import { watchFile } from "./watch-file.ts";

/** Every operation; the app serves these and the OpenAPI document describes these. */
export const routes: readonly Route[] = [
  createUpload,
  renewUploadUrl,
  beginMultipart,
  getMultipart,
  signParts,
  completeMultipart,
  abortMultipart,
  listFiles,
  getStatus,
  watchFile,
  listTransactions,
  updateFile,
  cancelFile,
  retryFile,
  deleteFile,
  downloadOriginal,
  downloadProcessed,
  healthz,
  readyz,
  metrics,
];
