import { readdir } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { corrupt, rotate } from "./testing/damage.ts";
import { generate, trimStart, type Recipe } from "./testing/generate.ts";
import { readPublished } from "./testing/published.ts";
import { makeScratch, type Scratch } from "./testing/scratch.ts";
import { startWorker } from "./testing/worker-process.ts";
import { WorkServer, type WorkServerOptions } from "./testing/work-server.ts";

vi.setConfig({ testTimeout: 60_000 });

let scratch: Scratch;
beforeAll(async () => {
  scratch = await makeScratch();
});
afterAll(() => scratch[Symbol.asyncDispose]());

/** Runs the real worker on a file until it has published. */
async function transcode(sourcePath: string, options: Partial<WorkServerOptions> = {}) {
  const fileName = sourcePath.slice(sourcePath.lastIndexOf("/") + 1);
  await using server = await new WorkServer({ sourcePath, fileName, ...options }).start();
  await using folder = await makeScratch();
  const { exitCode, stdout } = await startWorker(server.url, folder.path);
  expect({ exitCode, failed: server.failed }).toEqual({ exitCode: 0, failed: undefined });
  expect(await readdir(folder.path), "the scratch folder is empty again").toEqual([]);
  const published = await readPublished(server, `${sourcePath}.published`);
  const { completed } = server;
  if (completed === undefined) throw new Error("nothing was completed");
  return { server, completed, published, log: stdout };
}

describe("what is published", () => {
  test("H.264 with AAC becomes H.265, colour and sound kept", async () => {
    const tags = ["-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709"];
    const source = await make("ordinary.mp4", { options: [...tags, "-color_range", "tv"] });
    const { server, completed, published } = await transcode(source);
    expect(published.video).toMatchObject({
      codec: "hevc",
      tag: "hvc1",
      pixelFormat: "yuv420p",
      width: 160,
      height: 90,
      colour: { primaries: "bt709", transfer: "bt709", space: "bt709", range: "tv" },
    });
    expect(published.timestamps).toHaveLength(25);
    expect(published.media.audio).toMatchObject([{ codec: "aac", channels: 2 }]);
    const likeness: unknown = expect.closeTo(1, 1);
    expect(completed).toMatchObject({
      target_codec: "hevc",
      sha256: published.sha256,
      size_bytes: published.media.sizeBytes,
      original: {
        details: { bit_depth: 8, chroma: "4:2:0" },
        codec: "h264",
        frames: 25,
        frame_rate: 25,
        container: "mp4",
      },
      processed: { codec: "hevc", frames: 25, audio_codecs: ["aac"] },
      verification: {
        ...{ frames: 25, max_timestamp_error_ms: 0, duration_difference_ms: 0 },
        ...{ audio_offset_error_ms: 0, ssim: { y: likeness, u: likeness, v: likeness } },
      },
    });
    expect(Object.keys(completed.phase_times)).toEqual([
      ...["download", "probe", "encode", "verify", "upload"],
    ]);
    expect(server.progress.at(-1)).toMatchObject({ original_codec: "h264", target_codec: "hevc" });
  });

  test("turned H.265 with PCM becomes H.264, turned, with PCM, in a .mov", async () => {
    const source = await rotate(await make("turned.mov", { codec: "libx265", audio: "pcm_s16le" }));
    const { published } = await transcode(source);
    expect(published.video).toMatchObject({ codec: "h264", tag: "avc1", rotation: -90 });
    expect(published.video).toMatchObject({ width: 160, height: 90 });
    expect(published.media.audio).toMatchObject([{ codec: "pcm_s16le" }]);
    expect(published.timestamps).toHaveLength(25);
  });

  test("10-bit H.264 stays 10-bit", async () => {
    const { published } = await transcode(await make("ten.mp4", { pixelFormat: "yuv420p10le" }));
    expect(published.video).toMatchObject({ codec: "hevc", pixelFormat: "yuv420p10le" });
  });

  test("every frame of a variable rate keeps its time", async () => {
    // Two of three frames go, at irregular distances, and no sound holds the clock.
    const filters = "select='not(mod(n,3))+not(mod(n,7))'";
    const source = await make("vfr.mp4", { rate: 60, seconds: 2, audio: null, filters });
    const { completed, published } = await transcode(source);
    expect(published.timestamps).toHaveLength(completed.original.frames);
    expect(completed.verification.max_timestamp_error_ms).toBe(0);
  });

  test("frames that an edit list hides stay hidden", async () => {
    const whole = await make("untrimmed.mp4", { seconds: 2, options: ["-bf", "2"] });
    const source = await trimStart(whole, scratch.file("trimmed.mp4"), 0.52);
    const { completed, published } = await transcode(source);
    expect(published.timestamps).toHaveLength(37);
    expect(completed.original.details?.hidden_frames).toBeGreaterThan(0);
    expect(completed.processed.details?.hidden_frames).toBe(0);
  });

  test("a fragmented file, which has no index of frames, is read to its end", async () => {
    const options = ["-movflags", "frag_keyframe+empty_moov", "-g", "10"];
    const { published } = await transcode(await make("fragments.mp4", { options }));
    expect(published.timestamps).toHaveLength(25);
  });

  test("an odd size with full colour is cropped and says so", async () => {
    const recipe = {
      pixelFormat: "yuv444p",
      filters: "format=yuv444p,crop=161:91:0:0",
      size: "180x120",
    };
    const { completed, published } = await transcode(await make("odd.mp4", recipe));
    expect(published.video).toMatchObject({ width: 160, height: 90, pixelFormat: "yuv420p" });
    expect(completed.notes).toHaveLength(2);
  });

  test("interlaced video becomes progressive, with as many frames", async () => {
    const options = ["-flags", "+ildct+ilme", "-x264-params", "tff=1"];
    const source = await make("interlaced.mp4", { size: "160x96", options });
    const { completed, published } = await transcode(source);
    expect(completed.notes.join()).toContain("interlaced");
    expect(published.video.interlaced).toBe(false);
    expect(published.timestamps).toHaveLength(25);
  });

  test("HDR becomes SDR that says it is", async () => {
    const { published } = await transcode(await make("hdr.mp4", hlg));
    expect(published.video).toMatchObject({
      codec: "h264",
      pixelFormat: "yuv420p",
      colour: { primaries: "bt709", transfer: "bt709", space: "bt709", range: "tv" },
    });
  });

  test("full range stays full range", async () => {
    const { published } = await transcode(await make("full.mp4", { pixelFormat: "yuvj420p" }));
    expect(published.video).toMatchObject({ pixelFormat: "yuvj420p", colour: { range: "pc" } });
  });

  test("an Android phone's tags are kept", async () => {
    const tags = ["-metadata", "com.android.version=13", "-movflags", "use_metadata_tags"];
    const { published } = await transcode(await make("android.mp4", { options: tags }));
    expect(published.media.tagNames).toContain("com.android.version");
  });

  test("FLAC is copied into an .mp4", async () => {
    const options = ["-strict", "-2"];
    const { published } = await transcode(await make("flac.mp4", { audio: "flac", options }));
    expect(published.media.audio).toMatchObject([{ codec: "flac" }]);
  });

  test("more channels than AAC has become as many as it has", async () => {
    const source = await make("nine.mov", { audio: "pcm_s16le", channels: 9 });
    const { completed, published } = await transcode(source, { fileName: "nine.mp4" });
    expect(published.media.audio).toMatchObject([{ codec: "aac", channels: 8 }]);
    expect(completed.notes.join()).toContain("The first 8 of 9 audio channels were kept");
  });

  test("damaged pictures are published with a warning", async () => {
    const source = await corrupt(
      await make("whole.mp4", { audio: null }),
      scratch.file("damaged.mp4"),
    );
    const { completed } = await transcode(source);
    expect(completed.notes.join()).toContain("damaged");
    expect(completed.verification.frames).toBe(25);
  });
});

describe("on a bad day", () => {
  test("a download that is cut again and again is resumed", async () => {
    const source = await make("cut.mp4", { size: "640x360" });
    const { server } = await transcode(source, { cutDownloads: 2 });
    const fromSomewhere: unknown = expect.stringMatching(/^bytes=[1-9]\d*-$/);
    expect(server.rangesAsked).toEqual([undefined, fromSomewhere, fromSomewhere]);
  });

  test("a source whose URL expired is fetched by a new one", async () => {
    const source = await make("late.mp4", {});
    await transcode(source, { expireSource: true });
  });

  test("a controller that restarts and URLs that expire are waited out", async () => {
    const source = await make("slow.mp4", {});
    const { log } = await transcode(source, { unavailableTimes: 2, expireFirstUrls: true });
    expect(log, "nothing signed is ever logged").not.toContain("signed=");
  });
});

const hlg: Recipe = {
  codec: "libx265",
  pixelFormat: "yuv420p10le",
  options: [
    ...["-color_primaries", "bt2020", "-color_trc", "arib-std-b67", "-colorspace", "bt2020nc"],
    ...["-color_range", "tv"],
  ],
};

function make(name: string, recipe: Recipe): Promise<string> {
  return generate(scratch.file(name), recipe);
}
