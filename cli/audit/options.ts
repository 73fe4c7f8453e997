/** What `transpod audit` was told. */
export interface AuditOptions {
  /** In seconds. */
  settle: number;
  buckets: boolean;
  /** A file's path, or `-`. */
  jobs?: string;
  json?: boolean;
}
