/** One attempt at one file: what a Job is for. */
export interface AttemptRef {
  fileId: string;
  attempt: number;
}

/**
 * One worker's lease of an attempt. Leases count the claims; 0 before the first one. Each claim gets
 * the next lease, and all earlier ones are refused from then on.
 */
export interface LeaseRef extends AttemptRef {
  lease: number;
}

/**
 * One worker's lease of a chunk (chunk-protocol.ts). Leases count per chunk, over all attempts. Several of
 * one chunk may live at the same time; the first one to complete counts.
 */
export interface ChunkLeaseRef extends LeaseRef {
  chunk: number;
}

/** A pure function of file and attempt, so that creating a Job twice cannot make two. */
export function jobName({ fileId, attempt }: AttemptRef): string {
  return `transpod-${fileId}-${attempt}`;
}

/** On a cluster, labels of a Job and its pod name the attempt. */
export const fileLabel = "transpod.io/file";
export const attemptLabel = "transpod.io/attempt";

export interface Labelled {
  metadata?: { labels?: Record<string, string> | undefined };
}

/** The attempt that a Job or pod is for; undefined when it lacks the labels. */
export function attemptOf({ metadata }: Labelled): AttemptRef | undefined {
  const fileId = metadata?.labels?.[fileLabel];
  const attempt = Number(metadata?.labels?.[attemptLabel]);
  return fileId === undefined || !Number.isSafeInteger(attempt) ? undefined : { fileId, attempt };
}
