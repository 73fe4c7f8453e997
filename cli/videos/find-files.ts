import type { TranspodClient } from "@transpod/client/client.ts";
import { TranspodError } from "@transpod/contract/errors.ts";
import { isIdBeginning, leastIdLength } from "@transpod/contract/id-beginning.ts";
import { maxSearchLength } from "@transpod/contract/list-api.ts";
import type { FileStatus } from "@transpod/contract/public-api.ts";
import { UsageError } from "../exit.ts";

const wholeId = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const partOfId = /^[0-9a-f-]+$/i;
const shownCandidates = 10;

type Named = Pick<FileStatus, "file_id" | "file_name">;

/**
 * The ids of the files that a person means: by an id, the beginning of one (at least 4 characters), or a name.
 * Searches for each word that is no whole id. Throws for an unknown or ambiguous word.
 */
export async function findFiles(client: TranspodClient, words: string[]): Promise<string[]> {
  const ids: string[] = [];
  for (const word of words) {
    ids.push(wholeId.test(word) ? word.toLowerCase() : choose(word, await search(client, word)));
  }
  return [...new Set(ids)];
}

/** What the search finds is more: names that only contain the word. */
async function search(client: TranspodClient, word: string): Promise<Named[]> {
  const part = Array.from(word).slice(0, maxSearchLength).join("");
  const found: Named[] = [];
  for await (const file of client.list({ search: part })) if (isMeant(word, file)) found.push(file);
  return found;
}

export function isMeant(word: string, { file_id, file_name }: Named): boolean {
  if (word === file_name) return true;
  return isIdBeginning(word) && file_id.startsWith(word.toLowerCase());
}

/** The only candidate. Throws when there is none or more than one. */
export function choose(word: string, candidates: readonly Named[]): string {
  const [only, ...others] = candidates;
  if (only === undefined) {
    if (word.length < leastIdLength && partOfId.test(word)) {
      throw new UsageError(`"${word}" is too short for an id: give at least 4 characters of it.`);
    }
    throw new TranspodError(
      "file_not_found",
      `No file has the name "${word}" or an id that begins so. "transpod ls" lists the files.`,
    );
  }
  if (others.length === 0) return only.file_id;
  const lines = candidates
    .slice(0, shownCandidates)
    .map(({ file_id, file_name }) => `  ${file_id}  ${file_name}`);
  const more = candidates.length - lines.length;
  if (more > 0) lines.push(`  and ${more} more`);
  throw new TranspodError(
    "ambiguous_file",
    `"${word}" may be any of ${candidates.length} files. Give more of the id:\n${lines.join("\n")}`,
  );
}
