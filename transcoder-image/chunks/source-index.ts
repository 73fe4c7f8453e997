import { join } from "node:path";
import type { MediaLimits } from "@transpod/contract/media-limits.ts";
import type { S3Object } from "../transfer/get-object.ts";
import { SparseSource } from "../transfer/sparse-source.ts";
import { lookAtIndex, type Indexed } from "./look-at-index.ts";

export interface SourceFile extends S3Object {
  sizeBytes: number;
  limits: MediaLimits;
}

/** The index of a source, and those of its bytes that were needed, kept for all chunks that a worker encodes. */
export class SourceIndex {
  readonly #path: string;
  #sparse: SparseSource | undefined;
  #indexed: Indexed | null | undefined;

  constructor(folder: string) {
    this.#path = join(folder, "index.mp4");
  }

  /** Null when the source can't be cut. */
  async read(file: SourceFile): Promise<{ sparse: SparseSource; indexed: Indexed } | null> {
    const sparse = (this.#sparse ??= await SparseSource.create(this.#path, file.sizeBytes));
    if (this.#indexed === undefined) {
      this.#indexed = await lookAtIndex(sparse, file, file.limits);
    }
    return this.#indexed === null ? null : { sparse, indexed: this.#indexed };
  }
}
