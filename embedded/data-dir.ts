import { mkdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { TranspodError } from "@transpod/contract/errors.ts";

/** Another Transpod already runs on this folder. */
export class DataDirInUseError extends TranspodError {
  constructor(path: string) {
    super(
      "data_dir_in_use",
      `Another Transpod is using ${path}. Stop that one, or choose another folder with DATA_DIR.`,
    );
  }
}

/** The folder cannot be made or written. */
export class DataDirUnusableError extends TranspodError {
  constructor(path: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super("data_dir_unusable", `${path} cannot be used as DATA_DIR: ${reason}`, { cause });
  }
}

/** The folders of embedded mode. All paths are absolute. */
export interface DataDir {
  path: string;
  postgres: string;
  ministack: string;
  /** The folder for files of running attempts. */
  work: string;
  /** Releases the folder for another Transpod. The end of the process does so too. */
  release(): void;
}

/**
 * Makes the folder and takes it for this process.
 * Throws DataDirInUseError when another process holds it, DataDirUnusableError when it cannot be used.
 */
export function openDataDir(path: string): DataDir {
  const root = resolve(path);
  const at = (name: string) => join(root, name);
  const layout = {
    path: root,
    postgres: at("postgres"),
    ministack: at("ministack"),
    work: at("work"),
  };

  try {
    // Private: it contains videos and the database's password.
    mkdirSync(root, { recursive: true, mode: 0o700 });
    const release = takeLock(root, at("lock"));
    // A predecessor that was killed could not remove its workers' files.
    rmSync(layout.work, { recursive: true, force: true });
    // Not `postgres`, which initdb makes: when that folder exists it is a whole database.
    for (const folder of [layout.ministack, layout.work]) mkdirSync(folder, { recursive: true });
    return { ...layout, release };
  } catch (error) {
    if (error instanceof TranspodError) throw error;
    throw new DataDirUnusableError(root, error);
  }
}

/** Keeps the databases from garbage collection, which would release their locks. */
const held = new Set<DatabaseSync>();

/**
 * The lock is SQLite's on an empty database, because Node has no other way to a lock that the kernel
 * releases when its holder dies: a pid in a file may be another process's by now, and a stale socket
 * cannot be taken over without a race.
 */
function takeLock(root: string, file: string): () => void {
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    database.exec("PRAGMA journal_mode = memory; BEGIN EXCLUSIVE");
    held.add(database);
    return () => {
      if (held.delete(database)) database.close();
    };
  } catch (error) {
    database.close();
    if (isBusy(error)) throw new DataDirInUseError(root);
    throw error;
  }
}

/** https://www.sqlite.org/rescode.html#busy */
const SQLITE_BUSY = 5;

function isBusy(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && error.errcode === SQLITE_BUSY;
}
