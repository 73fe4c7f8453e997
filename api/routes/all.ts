import type { Route } from "../route.ts";
import { abortMultipart } from "./abort-multipart.ts";
import { beginMultipart } from "./begin-multipart.ts";
import { cancelFile } from "./cancel-file.ts";
import { completeMultipart } from "./complete-multipart.ts";
import { createSession } from "./create-session.ts";
import { createUpload } from "./create-upload.ts";
import { createWebhook } from "./create-webhook.ts";
import { deleteFile } from "./delete-file.ts";
import { deleteSession } from "./delete-session.ts";
import { deleteWebhook } from "./delete-webhook.ts";
import { downloadOriginal } from "./download-original.ts";
import { downloadProcessed } from "./download-processed.ts";
import { explainFile } from "./explain-file.ts";
import { getOverview } from "./get-overview.ts";
import { getSession } from "./get-session.ts";
import { getFile, getStatus } from "./get-status.ts";
import { getMultipart } from "./get-multipart.ts";
import { getPoster } from "./get-poster.ts";
import { listStills } from "./list-stills.ts";
import { healthz } from "./healthz.ts";
import { listDeliveries } from "./list-deliveries.ts";
import { listFiles } from "./list-files.ts";
import { listTransactions } from "./list-transactions.ts";
import { listWebhooks } from "./list-webhooks.ts";
import { metrics } from "./metrics.ts";
import { readyz } from "./readyz.ts";
import { replayDelivery } from "./replay-delivery.ts";
import { testWebhook } from "./test-webhook.ts";
import { renewUploadUrl } from "./renew-upload-url.ts";
import { retryFile } from "./retry-file.ts";
import { root } from "./root.ts";
import { signParts } from "./sign-parts.ts";
import { updateFile } from "./update-file.ts";
import { updateWebhook } from "./update-webhook.ts";
import { watchFile } from "./watch-file.ts";
import { watchFiles } from "./watch-files.ts";

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
  getFile,
  getStatus,
  watchFile,
  watchFiles,
  getOverview,
  listTransactions,
  explainFile,
  updateFile,
  cancelFile,
  retryFile,
  deleteFile,
  downloadOriginal,
  downloadProcessed,
  listStills,
  getPoster,
  createWebhook,
  listWebhooks,
  updateWebhook,
  deleteWebhook,
  testWebhook,
  listDeliveries,
  replayDelivery,
  createSession,
  getSession,
  deleteSession,
  root,
  healthz,
  readyz,
  metrics,
];
