import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { makeSample } from "../e2e/samples.ts";
import { untilRolledOut } from "./release.ts";

export interface Samples {
  /** Small and short: takes seconds. */
  h264: string;
  hevc: string;
  /** H.264 that takes x265 long enough to be interrupted, and about 270 MiB of memory. */
  slow: string;
  /** 16 s with a keyframe every 2 s, so that it can be cut into 8 chunks. */
  chunked: string;
  notAVideo: string;
}

declare module "vitest" {
  export interface ProvidedContext {
    samples: Samples;
  }
}

/** Once for the whole run. Fails at once when there is no installation to test. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  await untilRolledOut();
  const folder = await mkdtemp(join(tmpdir(), "transpod-kind-samples-"));
  const slowFolder = join(folder, "slow");
  await mkdir(slowFolder);
  const notAVideo = join(folder, "not-a-video.mp4");
  await writeFile(notAVideo, "This is not a video.");
  const small = { size: "320x180", seconds: 2 };
  const chunkedFolder = join(folder, "chunked");
  await mkdir(chunkedFolder);
  const [h264, hevc, slow, chunked] = [
    await makeSample(folder, { codec: "h264", extension: ".mp4", ...small }),
    await makeSample(folder, { codec: "hevc", extension: ".mov", ...small }),
    await makeSample(slowFolder, { codec: "h264", extension: ".mp4", seconds: 4 }),
    await makeSample(chunkedFolder, {
      ...{ codec: "h264", extension: ".mp4", size: "640x360", seconds: 16, keyframeSeconds: 2 },
    }),
  ];
  project.provide("samples", { h264, hevc, slow, chunked, notAVideo });
  return () => rm(folder, { recursive: true, force: true });
}
