import { access } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { TranspodError } from "@transpod/contract/errors.ts";
import type { TranspodClient } from "@transpod/client/client.ts";
import { runThrough, type Result } from "./run.ts";
import { makeSamples } from "./samples.ts";
import { createDisplay, formatTable } from "./show.ts";

export interface RunAllOptions {
  /** A sample in each codec is made when there are none. */
  files: readonly string[];
  /** For generated and downloaded files; the caller removes it. */
  folder: string;
  /** Where downloads are stored instead, to be kept. */
  keep?: string | undefined;
  json: boolean;
  /** Aborts between two status requests. */
  signal?: AbortSignal;
}

/** Transcodes the files one after the other, shows their progress, and prints the results. */
export async function runAll(client: TranspodClient, options: RunAllOptions): Promise<Result[]> {
  for (const file of options.files) await requireFile(file);
  const files = options.files.length > 0 ? options.files : await makeSamples(options.folder);
  const results: Result[] = [];
  for (const file of files) results.push(await runShown(client, file, options));
  console.log(options.json ? JSON.stringify(results, null, 2) : formatTable(results));
  return results;
}

async function requireFile(file: string): Promise<void> {
  await access(file).catch((cause: unknown) => {
    throw new TranspodError("no_such_file", `There is no readable file ${resolve(file)}.`, {
      cause,
    });
  });
}

async function runShown(
  client: TranspodClient,
  file: string,
  { folder, keep, signal }: RunAllOptions,
): Promise<Result> {
  const display = createDisplay(basename(file));
  try {
    const downloads = keep ?? `${folder}/downloads`;
    const result = await runThrough(client, file, {
      folder: downloads,
      onStatus: (status) => display.show(status),
      ...(signal && { signal }),
    });
    const { original, processed } = result;
    display.end(
      `${original.codec} -> ${processed.codec}, all ${processed.frames} frames, checked by ffprobe`,
    );
    return result;
  } catch (error) {
    display.fail(error instanceof Error ? error.message : String(error));
    throw error;
  }
}
