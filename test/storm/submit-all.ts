import { readFile } from "node:fs/promises";
import { join } from "node:path";
import pLimit from "p-limit";
import { generate } from "@transpod/transcoder-image/testing/generate.ts";
import { randomFrom } from "@transpod/api/forecast/random.ts";
import { submit } from "./submit.ts";
import type { World, WorldOptions } from "./world.ts";

export interface SubmitAllOptions extends Pick<WorldOptions, "folder" | "workers" | "seed"> {
  videos: number;
  /** Uploads at once. */
  clients: number;
}

/** Of so many videos one may be cut: real ones are few. */
const oneOf = { noop: 10, real: 2 };
const workersOfCut = 3;

/** Uploads all videos, and adds the id of each to `submitted`. */
export async function submitAll(
  { apiUrl }: World,
  { folder, workers, videos, clients, seed }: SubmitAllOptions,
  submitted: string[],
  signal: AbortSignal,
): Promise<void> {
  const random = randomFrom(seed + 2);
  const clips = workers === "real" ? await makeClips(folder) : undefined;
  const limit = pLimit(clients);
  const one = async (n: number, twice: boolean) => {
    const cut = n % oneOf[workers] === 1;
    const video = {
      // The names tell workers that transcode nothing what to do.
      fileName: `${cut ? "cut" : "film"}-${n}.mp4`,
      settings: cut ? { workers: workersOfCut } : {},
      bytes: clips?.[cut ? "long" : "short"] ?? Buffer.from(`video ${n}`),
    };
    submitted.push(await submit({ apiUrl, ...video, twice, signal }));
  };
  const uploads = Array.from({ length: videos }, (_, n) => {
    const twice = random() < 0.05;
    return limit(() => (signal.aborted ? undefined : one(n, twice)));
  });
  await Promise.all(uploads).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}

/** A second, and several that can be cut into chunks of one second. */
async function makeClips(folder: string) {
  const size = "128x96";
  const short = await generate(join(folder, "short.mp4"), { size });
  const options = ["-g", "25", "-bf", "2"];
  const long = await generate(join(folder, "long.mp4"), { size, seconds: 4, options });
  return { short: await readFile(short), long: await readFile(long) };
}
