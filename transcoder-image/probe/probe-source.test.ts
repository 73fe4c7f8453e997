import { writeFile } from "node:fs/promises";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { corrupt, truncate, rotate } from "../testing/damage.ts";
import { generate, trimStart } from "../testing/generate.ts";
import { makeScratch, type Scratch } from "../testing/scratch.ts";
import { probeSource } from "./probe-source.ts";

vi.setConfig({ testTimeout: 30_000 });

let scratch: Scratch;
const probe = (path: string) => probeSource(path, new AbortController().signal);

beforeAll(async () => {
  scratch = await makeScratch();
});
afterAll(() => scratch[Symbol.asyncDispose]());

test("an ordinary file is described", async () => {
  const tags = ["-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709"];
  const path = await generate(scratch.file("ordinary.mp4"), { options: tags });
  const { video, media, timestamps } = await probe(path);
  expect(video).toMatchObject({
    codec: "h264",
    tag: "avc1",
    pixelFormat: "yuv420p",
    width: 160,
    height: 90,
    frameRate: 25,
    rotation: 0,
    interlaced: false,
    claimedFrames: 25,
    colour: { primaries: "bt709", transfer: "bt709", space: "bt709" },
  });
  expect(media.audio).toEqual([{ index: 1, codec: "aac", channels: 2, startSeconds: 0 }]);
  expect(timestamps).toHaveLength(25);
  expect(timestamps.slice(0, 3)).toEqual([0, 0.04, 0.08]);
});

test("a turned 10-bit H.265 file is described", async () => {
  const recipe = { codec: "libx265", pixelFormat: "yuv420p10le", audio: "pcm_s16le" } as const;
  const path = await rotate(await generate(scratch.file("turned.mov"), recipe));
  const { video, media } = await probe(path);
  expect(video).toMatchObject({ codec: "hevc", pixelFormat: "yuv420p10le", rotation: -90 });
  expect(media.audio[0]?.codec).toBe("pcm_s16le");
});

test("frames that an edit list hides are neither shown nor missing", async () => {
  const whole = await generate(at("four-seconds.mp4"), { seconds: 4, options: ["-g", "25"] });
  const { timestamps } = await probe(await trimStart(whole, at("trimmed.mp4"), 0.52));
  expect(timestamps).toHaveLength(87);
  expect(timestamps[0]).toBe(0);
});

const strange: [what: string, code: string, make: () => Promise<string>][] = [
  ["text", "not_a_video", () => written("text.mp4", "#EXTM3U\nhttp://127.0.0.1:9/a.ts\n")],
  ["a file shorter than any box", "not_a_video", () => written("tiny.mp4", "abc")],
  [
    "boxes without an index",
    "truncated",
    async () => truncate(await aVideo(), at("half.mp4"), 0.5),
  ],
  [
    "an index whose frames are missing",
    "truncated",
    async () => truncate(await aVideo(["-movflags", "+faststart"]), at("cut.mp4"), 0.6),
  ],
  ["an end in the middle of the sound", "truncated", () => cutInTheSound()],
  [
    "sound without a picture",
    "no_video_track",
    () => generate(at("sound.mp4"), { options: ["-vn"] }),
  ],
  ["another codec", "unsupported_codec", () => generate(at("old.mp4"), { codec: "mpeg4" })],
  [
    "a picture larger than any screen",
    "too_large",
    () => generate(at("huge.mp4"), { size: "8192x4400", rate: 1, audio: null }),
  ],
  ["an encrypted file", "encrypted", () => generate(at("drm.mp4"), { options: cenc })],
];

const cenc = [
  ...["-encryption_scheme", "cenc-aes-ctr"],
  ...["-encryption_key", "76a6c65c5ea762046bd749a2e632ccbb"],
  ...["-encryption_kid", "a7e61c373e219033c21091fa607bf3b8"],
];

test.each(strange)("%s is refused as %s", async (_what, code, make) => {
  await expect(probe(await make())).rejects.toMatchObject({ code });
});

test("a file that is cut off says so, by its frames where they are missing", async () => {
  await expect(probe(await cutInTheSound())).rejects.toThrow("its end is missing");
  const cut = await truncate(await aVideo(["-movflags", "+faststart"]), at("cut.mp4"), 0.6);
  await expect(probe(cut)).rejects.toThrow("its header lists 25 frames");
});

test("damaged pictures are no reason to refuse", async () => {
  const path = await corrupt(await aVideo(), at("damaged.mp4"));
  expect((await probe(path)).timestamps).toHaveLength(25);
});

function at(name: string): string {
  return scratch.file(name);
}

async function written(name: string, text: string): Promise<string> {
  await writeFile(at(name), text);
  return at(name);
}

/** All pictures are in the first part of such a file, so that counting them shows nothing. */
async function cutInTheSound(): Promise<string> {
  const [picture, sound] = [at("picture.mp4"), at("more-sound.mp4")];
  await generate(picture, { audio: null });
  await generate(sound, { seconds: 4, options: ["-vn"] });
  const inputs = ["-i", picture, "-i", sound, "-c", "copy", "-movflags", "+faststart"];
  await execa("ffmpeg", ["-v", "error", "-y", ...inputs, at("uneven.mp4")]);
  return truncate(at("uneven.mp4"), at("cut-sound.mp4"), 0.9);
}

function aVideo(options: string[] = []): Promise<string> {
  return generate(at("whole.mp4"), { options });
}
