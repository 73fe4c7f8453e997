/** One attempt at one file: what a Job is for. */
export interface AttemptRef {
  fileId: string;
  attempt: number;
}

/** A pure function of file and attempt, so that creating a Job twice cannot make two. */
export function jobName({ fileId, attempt }: AttemptRef): string {
  return `transpod-${fileId}-${attempt}`;
}
