import { isDeepStrictEqual } from "node:util";

/** One thing that can be set on a bucket, a queue or a policy that is there. */
export interface Setting {
  name: string;
  /** Resolves with whether it was changed. */
  ensure: () => Promise<boolean>;
}

interface SettingParts<T> {
  /** Undefined when nothing is set. */
  read: () => Promise<T | undefined>;
  /** What should be set, given what is: what others have set there stays. */
  next: (current: T | undefined) => T;
  write: (value: T) => Promise<unknown>;
}

/**
 * Compares before it writes. Writing the same value again is not always harmless: S3 sends a test event
 * each time that notifications are set. And `init` prints what it changed.
 */
export function setting<T>(name: string, { read, next, write }: SettingParts<T>): Setting {
  return {
    name,
    async ensure() {
      const current = await read();
      const wanted = next(current);
      if (isDeepStrictEqual(plain(current), plain(wanted))) return false;
      await write(wanted);
      return true;
    },
  };
}

/**
 * Resolves with the names of the changed settings. Sequential: during a change of a bucket, S3 answers
 * a second change with `OperationAborted`.
 */
export async function ensureAll(settings: readonly Setting[]): Promise<string[]> {
  const changed: string[] = [];
  for (const { name, ensure } of settings) if (await ensure()) changed.push(name);
  return changed;
}

/** Replaces the item that matches, or appends the new one. */
export function upsert<T>(items: readonly T[], item: T, same: (other: T) => boolean): T[] {
  const index = items.findIndex(same);
  return index === -1 ? [...items, item] : items.with(index, item);
}

/** As JSON: without keys that are undefined. */
function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}
