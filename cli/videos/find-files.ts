import type { TranspodClient } from "@transpod/client/client.ts";
import { TranspodError } from "@transpod/contract/errors.ts";
import type { FileStatus } from "@transpod/contract/public-api.ts";
import { UsageError } from "../exit.ts";

const wholeId = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const leastIdLength = 4;
const idPrefix = /^[0-9a-f-]+$/i;
const shownCandidates = 10;

type Named = Pick<FileStatus, "file_id" | "file_name">;

/**
 * The ids of the files that a person means: by an id, the beginning of one (at least 4 characters), or a name.
 * Reads the list only when there is a word that is no whole id. Throws for an unknown or ambiguous word.
 */
export async function findFiles(client: TranspodClient, words: string[]): Promise<string[]> {
  if (words.every((word) => wholeId.test(word))) return unique(words);
  const candidates = new Map<string, Named[]>(words.map((word) => [word, []]));
  for await (const file of client.list()) {
    for (const [word, found] of candidates) if (isMeant(word, file)) found.push(file);
  }
  return unique(words.map((word) => choose(word, candidates.get(word)!)));
}

export function isMeant(word: string, { file_id, file_name }: Named): boolean {
  if (word === file_name) return true;
  const long = word.length >= leastIdLength && idPrefix.test(word);
  return long && file_id.startsWith(word.toLowerCase());
}

/** The only candidate. Throws when there is none or more than one. */
export function choose(word: string, candidates: readonly Named[]): string {
  const [only, ...others] = candidates;
  if (only === undefined) {
    if (wholeId.test(word)) return word.toLowerCase(); // the API says that it has no such file
    if (word.length < leastIdLength && idPrefix.test(word)) {
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

function unique(ids: string[]): string[] {
  return [...new Set(ids.map((id) => id.toLowerCase()))];
}
