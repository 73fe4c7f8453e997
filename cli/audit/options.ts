/** The options of `transpod audit`. */
export interface AuditOptions {
  /** In seconds. */
  settle: number;
  buckets: boolean;
  /** A file's path, or `-`. */
  jobs?: string;
  json?: boolean;
}
