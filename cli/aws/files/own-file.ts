import { createHash } from "node:crypto";
import { access, constants, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { TranspodError } from "@transpod/contract/errors.ts";

/** A file that a command writes each time it runs, but without overwriting a person's edits. */
export interface OwnFile {
  path: string;
  /** Resolves with whether it had to be written. */
  write(author: string, body: string): Promise<boolean>;
}

/**
 * Without `force`, throws a TranspodError when there is a file that was written by another program, or
 * was edited.
 */
export async function openOwnFile(path: string, { force }: { force: boolean }): Promise<OwnFile> {
  const found = await contentOf(path);
  if (found !== undefined && !force && !isUntouched(found)) {
    throw new TranspodError(
      "file_kept",
      `${path} was not written by this command, or was edited since, so it is left alone. Name ` +
        "another file, or use --force to replace it.",
    );
  }
  return {
    path,
    async write(author, body) {
      const text = `${headerOf(author, body)}\n${body}`;
      if (text === found) return false;
      try {
        await writeFile(`${path}.new`, text);
        await rename(`${path}.new`, path);
      } catch (error) {
        throw unusable(path, error);
      }
      return true;
    },
  };
}

/** Undefined when there is no file yet but its folder exists. */
async function contentOf(path: string): Promise<string | undefined> {
  try {
    await access(dirname(path), constants.W_OK);
    return await readFile(path, "utf8");
  } catch (error) {
    const { code, path: missing } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" && missing === path) return undefined;
    throw unusable(path, error);
  }
}

function headerOf(author: string, body: string): string {
  return `# Written by ${author}; put settings of your own into another file. (${checksum(body)})`;
}

function isUntouched(text: string): boolean {
  const end = text.indexOf("\n");
  const written = /^# Written by .*\((\w+)\)$/.exec(text.slice(0, end))?.[1];
  return written === checksum(text.slice(end + 1));
}

function checksum(body: string): string {
  return createHash("sha256").update(body).digest("hex").slice(0, 12);
}

function unusable(path: string, cause: unknown): TranspodError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new TranspodError("file_unusable", `${path} can't be written: ${why}`, { cause });
}
