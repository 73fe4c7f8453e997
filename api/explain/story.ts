import type {
  ArrivalRow,
  ChunkFailureRow,
  CommandRow,
  ReceiverRow,
  TransitionRow,
  WaitingRow,
} from "@transpod/store/story.ts";
import type { TransactionRow } from "@transpod/store/transactions.ts";
import type { ForecastRow } from "../forecast/forecast.ts";
import type { Caller } from "../access/access.ts";

/** All that is known about what happened to a file. */
export interface Story {
  file: ForecastRow;
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
