import type { Entry } from "@transpod/contract/explain-api.ts";

export interface Chapter {
  /** 0 is before the first attempt. */
  attempt: number;
  entries: Entry[];
}

/** A story by attempts. What belongs to none stays where its time puts it. Pure. */
export function chaptersOf(entries: readonly Entry[]): Chapter[] {
  const chapters: Chapter[] = [{ attempt: 0, entries: [] }];
  for (const entry of entries) {
    const { attempt } = chapters.at(-1)!;
    if (entry.attempt !== null && entry.attempt > attempt) {
      chapters.push({ attempt: entry.attempt, entries: [] });
    }
    chapters.at(-1)!.entries.push(entry);
  }
  return chapters;
}
