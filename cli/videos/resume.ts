import { createHash } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { z } from "zod";

/** Which files were begun, so that the same command run again goes on with them. One small file for each. */

export interface Begun {
  server: string;
  /** Absolute. */
  path: string;
  size: number;
  mtimeMs: number;
  /** With other settings it is another upload. */
  settings: object;
  deleteOriginal?: boolean | undefined;
}

const entry = z.object({ file_id: z.string(), in_parts: z.boolean() });
export type Entry = z.infer<typeof entry>;

/** XDG_STATE_HOME: https://specifications.freedesktop.org/basedir-spec/latest/ */
export function stateFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const home = environment["XDG_STATE_HOME"];
  return join(home ? home : join(homedir(), ".local", "state"), "transpod", "uploads");
}

/** Undefined when the file was not begun, or has changed since. */
export async function readBegun(folder: string, begun: Begun): Promise<Entry | undefined> {
  const text = await readFile(fileOf(folder, begun), "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return entry.parse(JSON.parse(text));
  } catch {
    return undefined; // written by another version
  }
}

/** Atomic: a crash leaves the earlier entry or the new one. */
export async function writeBegun(folder: string, begun: Begun, value: Entry): Promise<void> {
  await mkdir(folder, { recursive: true });
  const file = fileOf(folder, begun);
  const temporary = `${file}.${process.pid}`;
  await writeFile(temporary, JSON.stringify({ ...begun, ...value }));
  await rename(temporary, file);
}

export async function forgetBegun(folder: string, begun: Begun): Promise<void> {
  await rm(fileOf(folder, begun), { force: true });
}

function fileOf(folder: string, begun: Begun): string {
  const { server, path, size, mtimeMs, settings, deleteOriginal } = begun;
  const ordered = Object.entries(settings).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const chosen = deleteOriginal === undefined ? [] : [deleteOriginal];
  const key = JSON.stringify([server, path, size, mtimeMs, ordered, ...chosen]);
  return join(folder, `${createHash("sha256").update(key).digest("hex").slice(0, 32)}.json`);
}
