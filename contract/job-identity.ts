/** One attempt at one file: what a Job is for. */
export interface AttemptRef {
  fileId: string;
  attempt: number;
}

/**
 * One worker's hold on an attempt. Leases count the claims; 0 until the first one. Whoever claims
 * gets the next, and shuts out all before.
 */
export interface LeaseRef extends AttemptRef {
  lease: number;
}

/** A pure function of file and attempt, so that creating a Job twice cannot make two. */
export function jobName({ fileId, attempt }: AttemptRef): string {
  return `transpod-${fileId}-${attempt}`;
}
