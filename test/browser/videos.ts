import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type pg from "pg";
import type { FileStatus, UploadResponse } from "@transpod/contract/public-api.ts";
import type { TranscodeSettings } from "@transpod/contract/transcode-settings.ts";
import { createPool } from "@transpod/store/database.ts";
import type { BrowserTest } from "./browser.ts";

/** Announces a file as a program does. */
export async function announce(
  { transpod }: BrowserTest,
  fileName: string,
  settings: Partial<TranscodeSettings> = {},
): Promise<UploadResponse> {
  const announced = await fetch(`${transpod.url}/upload`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ file_name: fileName, settings }),
  });
  return (await announced.json()) as UploadResponse;
}

/** Announces a file and sends it. Resolves with its id. */
export async function upload(
  running: BrowserTest,
  path: string,
  settings: Partial<TranscodeSettings> = {},
): Promise<string> {
  const { file_id, upload_url } = await announce(running, basename(path), settings);
  const body = new Uint8Array(await readFile(path));
  const sent = await fetch(upload_url ?? "", { method: "PUT", body });
  if (!sent.ok) throw new Error(`S3 refused the upload: ${sent.status}`);
  return file_id;
}

/** Resolves when the file has ended. */
export async function ended({ transpod }: BrowserTest, fileId: string): Promise<FileStatus> {
  const file = `${transpod.url}/upload/${fileId}`;
  // The stream of its events ends with it.
  await (await fetch(`${file}/events`)).text();
  return (await (await fetch(file)).json()) as FileStatus;
}

/** The database of a running Transpod. */
export async function openDatabase({ dataDir }: BrowserTest): Promise<pg.Pool> {
  const url = await readFile(join(dataDir, "database-url"), "utf8");
  return createPool({ url, applicationName: "test" }, () => {});
}

/** Files that were announced, a second apart; the newest is `<name>-<count>.mp4`. */
export async function announceMany(
  running: BrowserTest,
  count: number,
  name = "film",
): Promise<void> {
  const pool = await openDatabase(running);
  await pool.query(
    `insert into files (file_id, file_name, s3_key, upload_until, created_at)
     select gen_random_uuid(), $2 || '-' || n || '.mp4', $2 || '-' || n || '.mp4', now() + interval '1 day',
            now() - make_interval(secs => $1 - n)
     from generate_series(1, $1::int) n`,
    [count, name],
  );
  await pool.end();
}
