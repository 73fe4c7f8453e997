/** In these a file has not ended. */
export const unendedStates = ["awaiting_upload", "uploaded", "pending", "processing"] as const;

/** The life of a file. Its order is its rank: `(attempt, rank)` of a file never decreases. */
export const fileStates = [...unendedStates, "completed", "failed", "cancelled"] as const;

export type FileState = (typeof fileStates)[number];

/** The three terminal states share one rank: none of them can follow another within an attempt. */
export const stateRank: Readonly<Record<FileState, number>> = {
  awaiting_upload: 0,
  uploaded: 1,
  pending: 2,
  processing: 3,
  completed: 4,
  failed: 4,
  cancelled: 4,
};

export interface Position {
  attempt: number;
  state: FileState;
}

export function isTerminal(state: FileState): boolean {
  return stateRank[state] === stateRank.completed;
}

/**
 * Whether a file may go from one position to another: a later attempt may begin after any state except
 * `completed`, which is final. The database enforces the same rule.
 */
export function canFollow(from: Position, to: Position): boolean {
  if (from.state === "completed") return false;
  if (to.attempt !== from.attempt) return to.attempt > from.attempt;
  return stateRank[to.state] > stateRank[from.state];
}
