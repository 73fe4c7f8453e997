import { glob, readdir, stat } from "node:fs/promises";
import { basename, dirname, join, relative, resolve } from "node:path";
import { TranspodError } from "@transpod/contract/errors.ts";
import { videoExtension } from "@transpod/contract/object-keys.ts";

/** A video on this machine. */
export interface Source {
  /** Absolute. */
  path: string;
  size: number;
  mtimeMs: number;
  /** Where it is below the folder that was given; "" for a file that was given. */
  subfolder: string;
}

export interface Sources {
  videos: Source[];
  /** Sentences. */
  skipped: string[];
}

/**
 * All videos that the paths name: files, folders with all that is in them, and patterns that no shell has
 * expanded. Throws for a path that is not there, and for a file that was named and is no video.
 */
export async function findSources(paths: readonly string[]): Promise<Sources> {
  const videos = new Map<string, Source>();
  const skipped: string[] = [];
  for (const path of await expand(paths)) {
    const { size, mtimeMs, isFolder } = await about(path);
    if (isFolder) await walk(path, path, { videos, skipped });
    else if (videoExtension(path) === undefined) {
      throw new TranspodError(
        "not_a_video",
        `${path} is not a video: its name ends neither in .mp4 nor .mov.`,
      );
    } else videos.set(resolve(path), { path: resolve(path), size, mtimeMs, subfolder: "" });
  }
  const isEmpty = ({ size }: Source) => size === 0;
  const all = [...videos.values()];
  skipped.push(...all.filter(isEmpty).map(({ path }) => `${path} is empty.`));
  return { videos: all.filter((video) => !isEmpty(video)), skipped };
}

async function expand(paths: readonly string[]): Promise<string[]> {
  const expanded: string[] = [];
  for (const path of paths) {
    const exists = await stat(path).then(
      () => true,
      () => false,
    );
    const matches = !exists && /[*?[{]/.test(path) ? await Array.fromAsync(glob(path)) : [path];
    if (matches.length === 0) {
      throw new TranspodError("no_such_file", `No file matches the pattern ${path}.`);
    }
    expanded.push(...matches.toSorted());
  }
  return expanded;
}

async function walk(
  root: string,
  folder: string,
  { videos, skipped }: { videos: Map<string, Source>; skipped: string[] },
): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    // Hidden files and folders belong to programs: macOS writes ._holiday.mov beside holiday.mov.
    if (entry.name.startsWith(".")) skipped.push(`${path} is hidden.`);
    else if (entry.isDirectory()) await walk(root, path, { videos, skipped });
    else if (!entry.isFile()) skipped.push(`${path} is not a regular file.`);
    else if (videoExtension(basename(path)) === undefined) {
      skipped.push(`${path} is neither .mp4 nor .mov.`);
    } else {
      const { size, mtimeMs } = await stat(path);
      const subfolder = relative(root, dirname(path));
      videos.set(resolve(path), { path: resolve(path), size, mtimeMs, subfolder });
    }
  }
}

async function about(path: string) {
  const found = await stat(path).catch((cause: unknown) => {
    throw new TranspodError("no_such_file", `There is no readable file ${resolve(path)}.`, {
      cause,
    });
  });
  return { size: found.size, mtimeMs: found.mtimeMs, isFolder: found.isDirectory() };
}
