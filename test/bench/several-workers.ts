import { cpus } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import type { TranspodClient } from "../e2e/client.ts";

/** One video encoded by this many workers. */
export interface Run {
  workers: number;
  /** From the claim to the status `completed`. */
  seconds: number;
  /** Fetching and joining the encoded chunks, checking and uploading the result: one worker does it. */
  joinSeconds: number;
  /** Without what was used while idle. */
  cpuSeconds: number;
  sizeBytes: number;
}

/** CPU seconds that were used so far by all that serves the videos. */
export type ReadCpuSeconds = () => number | Promise<number>;

/** Each number of workers in turn, on the same video. */
export async function runEach(
  client: TranspodClient,
  film: string,
  numbers: readonly number[],
  readCpuSeconds: ReadCpuSeconds = cpuSecondsOfMachine,
): Promise<Run[]> {
  const idleCores = await coresInUse(readCpuSeconds);
  const runs: Run[] = [];
  for (const workers of numbers) {
    const began = performance.now();
    const before = await readCpuSeconds();
    const ended = await encode(client, film, workers);
    const idle = (idleCores * (performance.now() - began)) / 1000;
    runs.push({ ...ended, cpuSeconds: (await readCpuSeconds()) - before - idle });
  }
  return runs;
}

/** Against the first run. `speedUp` is without the join, which does not get shorter with more workers. */
export function compareRuns(runs: readonly Run[]) {
  const [first] = runs;
  return runs.map((run) => ({
    ...run,
    speedUp: first!.seconds / (run.seconds - run.joinSeconds),
    cpuRatio: run.cpuSeconds / first!.cpuSeconds,
    sizeRatio: run.sizeBytes / first!.sizeBytes,
  }));
}

export type ComparedRun = ReturnType<typeof compareRuns>[number];

export function describeRun(run: ComparedRun): string {
  const { workers, seconds, joinSeconds, speedUp, cpuSeconds, cpuRatio, sizeRatio } = run;
  return (
    `${workers}: ${seconds.toFixed(1)} s, of these ${joinSeconds.toFixed(1)} s to join; without them ` +
    `${speedUp.toFixed(2)} times as fast; ${cpuSeconds.toFixed(1)} s of CPU time, ${cpuRatio.toFixed(3)} times as much; ` +
    `${sizeRatio.toFixed(4)} times the size`
  );
}

async function encode(
  client: TranspodClient,
  film: string,
  workers: number,
): Promise<Omit<Run, "cpuSeconds">> {
  const status = await client.watch(await client.upload(film, { workers }), () => {});
  const { phase_times: phases, processing_time: seconds, processed } = status;
  if (phases === null || seconds === null || processed === null) {
    throw new Error(`not completed: ${status.failure?.detail}`);
  }
  // The worker that joins reports its own times; the chunks' are not in them.
  const joinSeconds = workers === 1 ? 0 : Object.values(phases).reduce((a, b) => a + b, 0) / 1000;
  return { workers, seconds, joinSeconds, sizeBytes: processed.size_bytes };
}

async function coresInUse(readCpuSeconds: ReadCpuSeconds, seconds = 20): Promise<number> {
  const before = await readCpuSeconds();
  await delay(seconds * 1000);
  return ((await readCpuSeconds()) - before) / seconds;
}

function cpuSecondsOfMachine(): number {
  const busy = cpus().map(({ times: { user, nice, sys, irq } }) => user + nice + sys + irq);
  return busy.reduce((a, b) => a + b, 0) / 1000;
}
