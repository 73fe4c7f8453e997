import {
  ListMultipartUploadsCommand,
  type MultipartUpload,
  type S3Client,
} from "@aws-sdk/client-s3";
import type pg from "pg";
import { fileIdOfProcessedKey, fileIdOfRawKey } from "@transpod/contract/object-keys.ts";
import { abortUpload } from "@transpod/runtime/delete-objects.ts";
import type { Logger } from "@transpod/runtime/logger.ts";
import { unknownUploads, type SeenUpload } from "@transpod/store/unknown-uploads.ts";
import type { ControllerSettings } from "../config.ts";
import type { ControllerMetrics } from "../metrics.ts";

export interface UnknownUploadsDeps {
  pool: pg.Pool;
  s3: S3Client;
  rawBucket: string;
  processedBucket: string;
  settings: Pick<ControllerSettings, "unknownUploadSeconds">;
  metrics: Pick<ControllerMetrics, "unknownUploadsAborted">;
  log: Logger;
}

/** The state of the listing of one bucket. */
interface Listing {
  bucket: string;
  fileIdOf: (key: string) => string | undefined;
  /** Where the next page begins. */
  after: { KeyMarker?: string | undefined; UploadIdMarker?: string | undefined };
  /** When the next page is due, in milliseconds of `performance.now()`. */
  next: number;
}

/**
 * Aborts multipart uploads that are in no row: the process that began the upload died before it recorded the
 * upload, or a later lease of the same attempt recorded another. Only S3 knows these uploads, so the buckets
 * must be listed. Each sweep lists one page of a bucket, so that many uploads do not delay it. The next listing
 * begins `unknownUploadSeconds` after the last page: such uploads are rare, and cost only the storage of their
 * parts.
 */
export class UnknownUploads {
  readonly #deps: UnknownUploadsDeps;
  readonly #listings: readonly Listing[];
  readonly #pageSize: number;

  /** S3 returns at most 1,000 uploads in a page. */
  constructor(deps: UnknownUploadsDeps, pageSize = 1_000) {
    this.#deps = deps;
    this.#pageSize = pageSize;
    const start = { after: {}, next: 0 };
    this.#listings = [
      { bucket: deps.rawBucket, fileIdOf: fileIdOfRawKey, ...start },
      { bucket: deps.processedBucket, fileIdOf: fileIdOfProcessedKey, ...start },
    ];
  }

  /** Processes the next page of each bucket that is due. A page that failed is processed again. */
  async abortNext(): Promise<void> {
    const due = this.#listings.filter(({ next }) => performance.now() >= next);
    await Promise.all(due.map((listing) => this.#abortPage(listing)));
  }

  async #abortPage(listing: Listing): Promise<void> {
    const { s3, settings } = this.#deps;
    const { bucket: Bucket, after } = listing;
    const page = await s3.send(
      new ListMultipartUploadsCommand({ Bucket, MaxUploads: this.#pageSize, ...after }),
    );
    const seen = (page.Uploads ?? []).flatMap((upload) => toSeen(listing, upload));
    for (const upload of await this.#unknown(seen)) await this.#abort(Bucket, upload);
    if (page.IsTruncated === true) {
      listing.after = { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker };
    } else {
      listing.after = {};
      listing.next = performance.now() + settings.unknownUploadSeconds * 1_000;
    }
  }

  async #unknown(seen: readonly SeenUpload[]): Promise<SeenUpload[]> {
    if (seen.length === 0) return [];
    return await unknownUploads(this.#deps.pool, seen, this.#deps.settings.unknownUploadSeconds);
  }

  async #abort(bucket: string, upload: SeenUpload): Promise<void> {
    const { s3, metrics, log } = this.#deps;
    const { file_id, s3_key: key, upload_id } = upload;
    // Aborting a page takes a while: the upload may have been recorded since the page was read.
    if ((await this.#unknown([upload])).length === 0) return;
    await abortUpload(s3, { Bucket: bucket, Key: key, UploadId: upload_id });
    metrics.unknownUploadsAborted.inc();
    log.info({ event: "unknown_upload_aborted", file_id, bucket });
  }
}

/** Empty for an upload whose key does not have our layout. */
function toSeen(
  { fileIdOf }: Listing,
  { Key, UploadId, Initiated }: MultipartUpload,
): SeenUpload[] {
  if (Key === undefined || UploadId === undefined || Initiated === undefined) return [];
  const file_id = fileIdOf(Key);
  if (file_id === undefined) return [];
  return [{ file_id, s3_key: Key, upload_id: UploadId, begun_at: Initiated }];
}
