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

/** How far a bucket has been listed. */
interface Listing {
  bucket: string;
  fileIdOf: (key: string) => string | undefined;
  /** Where the next page begins. */
  after: { KeyMarker?: string | undefined; UploadIdMarker?: string | undefined };
  /** Not before, in milliseconds of `performance.now()`. */
  next: number;
}

/**
 * Aborts multipart uploads that no row tells of: whoever began one died before it was written down, or a
 * later lease of the same attempt began another. Only S3 knows of them, so the buckets are listed: one page
 * at each sweep, so that no sweep takes long because of a bucket with many uploads. When all pages were
 * looked at, the next listing begins after `unknownUploadSeconds`: such uploads are rare, and they cost no
 * more than the storage of their parts.
 */
export class UnknownUploads {
  readonly #deps: UnknownUploadsDeps;
  readonly #listings: readonly Listing[];
  readonly #pageSize: number;

  /** S3's pages hold no more than a thousand. */
  constructor(deps: UnknownUploadsDeps, pageSize = 1_000) {
    this.#deps = deps;
    this.#pageSize = pageSize;
    const start = { after: {}, next: 0 };
    this.#listings = [
      { bucket: deps.rawBucket, fileIdOf: fileIdOfRawKey, ...start },
      { bucket: deps.processedBucket, fileIdOf: fileIdOfProcessedKey, ...start },
    ];
  }

  /** Looks at the next page of each bucket whose time has come. One that fails is looked at again. */
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
    // A page takes its time: once more, right before it is gone.
    if ((await this.#unknown([upload])).length === 0) return;
    await abortUpload(s3, { Bucket: bucket, Key: key, UploadId: upload_id });
    metrics.unknownUploadsAborted.inc();
    log.info({ event: "unknown_upload_aborted", file_id, bucket });
  }
}

/** Nothing for an upload under a key that is not of our kind. */
function toSeen(
  { fileIdOf }: Listing,
  { Key, UploadId, Initiated }: MultipartUpload,
): SeenUpload[] {
  if (Key === undefined || UploadId === undefined || Initiated === undefined) return [];
  const file_id = fileIdOf(Key);
  if (file_id === undefined) return [];
  return [{ file_id, s3_key: Key, upload_id: UploadId, begun_at: Initiated }];
}
