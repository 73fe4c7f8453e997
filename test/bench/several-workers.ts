import { cpus } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import type { TranspodClient } from "@transpod/client/client.ts";

/** One video encoded by this many workers. */
export interface Run {
  workers: number;
  /** From the claim to the status `completed`. */
  seconds: number;
  /** Fetching and joining the encoded chunks, checking and uploading the result: one worker does it. */
  joinSeconds: number;
  /** Of the whole machine, without what it used while idle. */
  cpuSeconds: number;
  sizeBytes: number;
}

/** Each number of workers in turn, on the same video. */
export async function runEach(
  client: TranspodClient,
  film: string,
  numbers: readonly number[],
): Promise<Run[]> {
  const idleCores = await coresInUse();
  const runs: Run[] = [];
  for (const workers of numbers) runs.push(await run(client, film, workers, idleCores));
  return runs;
}

/** Against the first run. `speedUp` is without the join, which does not get shorter with more workers. */
export function compareRuns(runs: readonly Run[]) {
  const [first] = runs;
  return runs.map((run) => ({
    ...run,
    speedUp: first!.seconds / (run.seconds - run.joinSeconds),
    cpu: run.cpuSeconds / first!.cpuSeconds,
    size: run.sizeBytes / first!.sizeBytes,
  }));
}

export type ComparedRun = ReturnType<typeof compareRuns>[number];

export function describeRun(run: ComparedRun): string {
  const { workers, seconds, joinSeconds, speedUp, cpuSeconds, cpu, size } = run;
  return (
    `${workers}: ${seconds.toFixed(1)} s, of these ${joinSeconds.toFixed(1)} s to join; without them ` +
    `${speedUp.toFixed(2)} times as fast; ${cpuSeconds.toFixed(1)} s of CPU time, ${cpu.toFixed(3)} times as much; ` +
    `${size.toFixed(4)} times the size`
  );
}

async function run(
  client: TranspodClient,
  film: string,
  workers: number,
  idleCores: number,
): Promise<Run> {
  const began = performance.now();
  const before = cpuSeconds();
  const status = await client.watch(await client.upload(film, { workers }), () => {});
  const { phase_times: phases, processing_time: seconds, processed } = status;
  if (phases === null || seconds === null || processed === null) {
    throw new Error(`not completed: ${status.failure?.detail}`);
  }
  const idle = (idleCores * (performance.now() - began)) / 1000;
  return {
    workers,
    seconds,
    // The worker that joins reports its own times; the chunks' are not in them.
    joinSeconds: workers === 1 ? 0 : Object.values(phases).reduce((a, b) => a + b, 0) / 1000,
    cpuSeconds: cpuSeconds() - before - idle,
    sizeBytes: processed.size_bytes,
  };
}

/** What the machine, with all services running, uses without a video. */
async function coresInUse(seconds = 20): Promise<number> {
  const before = cpuSeconds();
  await delay(seconds * 1000);
  return (cpuSeconds() - before) / seconds;
}

function cpuSeconds(): number {
  const busy = cpus().map(({ times: { user, nice, sys, irq } }) => user + nice + sys + irq);
  return busy.reduce((a, b) => a + b, 0) / 1000;
}
