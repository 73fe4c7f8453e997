/**
 * Measures what cutting a video costs: its size and likeness against those of a single encode, for several lengths of a
 * chunk. `node test/bench/chunk-lengths.ts FILE [SECONDS...]`
 */
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { defaultSettings } from "@transpod/contract/transcode-settings.ts";
import { cutAtSyncSamples, samplesOf, shownFrames } from "@transpod/transcoder-image/chunks/cut.ts";
import { joinChunks } from "@transpod/transcoder-image/chunks/join-chunks.ts";
import { readVideoIndex } from "@transpod/transcoder-image/chunks/video-index.ts";
import { writeChunk } from "@transpod/transcoder-image/chunks/write-chunk.ts";
import { readFfmpegFacts } from "@transpod/transcoder-image/ffmpeg/facts.ts";
import { planTranscode } from "@transpod/transcoder-image/plan/plan.ts";
import { probeSource } from "@transpod/transcoder-image/probe/probe-source.ts";

const [input, ...lengths] = process.argv.slice(2);
if (input === undefined) throw new Error("usage: chunk-lengths.ts FILE [SECONDS...]");
const { signal } = new AbortController();
const folder = await mkdtemp(join(tmpdir(), "transpod-chunks-"));
const ffmpeg = await readFfmpegFacts(signal);
const source = await probeSource(input, signal);
const index = await readVideoIndex(input, source.video.trackId);
const shown = index === null ? null : shownFrames({ ...source, index });
if (index === null || shown === null) throw new Error(`${input} can't be cut`);

/** Frames beside a join: half a second at 24 frames per second. */
const near = 12;

try {
  const single = await encode(input, join(folder, "single.mp4"));
  const likeness = await ssimOf(single);
  const bytes = await videoBytes(single);
  console.log(`single: ${bytes} bytes, SSIM ${mean(likeness).toFixed(5)}`);
  for (const seconds of lengths.length > 0 ? lengths.map(Number) : [5, 10, 20, 30, 60]) {
    const { output, starts } = await encodeChunks(seconds);
    const chunked = await ssimOf(output);
    const beside = (of: number[]) =>
      mean(starts.slice(1).flatMap((start) => of.slice(start - near, start + near)));
    const worst = Math.min(
      ...starts.slice(1).flatMap((start) => chunked.slice(start - near, start + near)),
    );
    const size = (await videoBytes(output)) / bytes;
    console.log(
      `${seconds} s: ${starts.length} chunks, ${size.toFixed(4)} of the size, SSIM ${mean(chunked).toFixed(5)}; ` +
        `beside the joins ${beside(chunked).toFixed(5)} (single ${beside(likeness).toFixed(5)}), lowest ${worst.toFixed(4)} ` +
        `(anywhere in the single ${Math.min(...likeness).toFixed(4)})`,
    );
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function encode(from: string, to: string, frameRate?: number): Promise<string> {
  const plan = planTranscode(await probeSource(from, signal), {
    ...{ container: "mp4", ffmpeg, cpus: availableParallelism(), requested: defaultSettings },
    ...{ input: from, output: to, ...(frameRate === undefined ? {} : { frameRate }) },
  });
  await execa("ffmpeg", plan.args);
  return to;
}

async function encodeChunks(seconds: number) {
  const chunks = cutAtSyncSamples({ ...source, index: index! }, seconds) ?? [];
  const outputs: string[] = [];
  for (const [i, chunk] of chunks.entries()) {
    const own = join(folder, `chunk-${i}.mp4`);
    const range = samplesOf(index!.samples, chunk);
    await writeChunk({ source: input!, output: own }, index!, { chunk, range });
    outputs.push(await encode(own, join(folder, `encoded-${i}.mp4`), source.video.frameRate));
  }
  const output = join(folder, "joined.mp4");
  await joinChunks({ chunks: outputs, output, ...shown! });
  return { output, starts: chunks.map(({ firstFrame }) => firstFrame) };
}

async function videoBytes(path: string): Promise<number> {
  const made = await readVideoIndex(path, 1);
  return made?.samples.reduce((sum, { size }) => sum + size, 0) ?? (await stat(path)).size;
}

/** The likeness of each frame to the source's. */
async function ssimOf(path: string): Promise<number[]> {
  const stats = join(folder, "ssim.txt");
  const inputs = ["-i", input!, "-i", path];
  const graph = `[0:v:0]settb=1/25,setpts=N[a];[1:v:0]settb=1/25,setpts=N[b];[a][b]ssim=stats_file=${stats}`;
  await execa("ffmpeg", ["-v", "error", ...inputs, "-lavfi", graph, "-f", "null", "-"]);
  const lines = (await readFile(stats, "utf8")).trim().split("\n");
  return lines.map((line) => Number(/All:([\d.]+)/.exec(line)?.[1]));
}

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}
