import type { FileStatusRow } from "@transpod/store/files.ts";
import type {
  ArrivalRow,
  ChunkFailureRow,
  CommandRow,
  ReceiverRow,
  TransitionRow,
  WaitingRow,
} from "@transpod/store/story.ts";
import type { TransactionRow } from "@transpod/store/transactions.ts";
import type { Caller } from "../access/access.ts";

/** All that is known about what happened to a file. */
export interface Story {
  file: FileStatusRow;
  waiting: WaitingRow;
  transitions: readonly TransitionRow[];
  arrivals: readonly ArrivalRow[];
  attempts: readonly TransactionRow[];
  chunkFailures: readonly ChunkFailureRow[];
  commands: readonly CommandRow[];
  /** Empty for a reader who may not see webhooks. */
  receivers: readonly ReceiverRow[];
  /** Who reads it: only an admin sees the names of other keys. */
  reader: Caller;
}
