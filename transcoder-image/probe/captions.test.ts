import { writeFile } from "node:fs/promises";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { aSubtitleTrack } from "../testing/builders.ts";
import { captionedH264, unevenCaptions } from "../testing/captions.ts";
import { generate } from "../testing/generate.ts";
import { makeScratch, type Scratch } from "../testing/scratch.ts";
import { a53Start, captionsIn, findCaptionData } from "./a53.ts";
import { fieldsOf, readCaptionTracks } from "./caption-track.ts";
import { readCaptions } from "./captions.ts";

const { signal } = new AbortController();

let scratch: Scratch;
beforeAll(async () => {
  scratch = await makeScratch();
});
afterAll(() => scratch[Symbol.asyncDispose]());

const base64 = (...bytes: number[]) => Buffer.from(bytes).toString("base64");

describe("captions inside the pictures", () => {
  test("are read in the order in which they are shown, not in that of the file", async () => {
    const path = scratch.file("reordered.mp4");
    const captions = unevenCaptions();
    await captionedH264(path, captions, ["-bf", "3"]);
    const wanted = Array.from({ length: 25 }, (_, frame) => base64(...captions(frame)));
    expect(await readCaptions(path, 0, signal)).toEqual(wanted);
  });

  test("are not another track's", async () => {
    const [captioned, both] = [scratch.file("captioned.mp4"), scratch.file("both.mp4")];
    await captionedH264(captioned, unevenCaptions());
    const plain = await generate(scratch.file("plain.mp4"), { audio: null });
    const inputs = ["-i", plain, "-i", captioned, "-map", "0", "-map", "1", "-c", "copy"];
    await execa("ffmpeg", ["-v", "error", "-y", ...inputs, both]);
    expect(await readCaptions(both, 0, signal)).toBeNull();
    expect(await readCaptions(both, 1, signal)).toHaveLength(25);
  });

  test("are found wherever they lie", async () => {
    const message = Buffer.concat([a53Start, Buffer.from([0x41, 0xff, 0xfc, 0x94, 0x20, 0xff])]);
    const [mebibyte, path] = [1024 * 1024, scratch.file("bytes")];
    const places = [0, 4 * mebibyte - 3, 8 * mebibyte, 8 * mebibyte + 20];
    const bytes = Buffer.alloc(8 * mebibyte + 20 + message.length);
    for (const place of places) message.copy(bytes, place);
    await writeFile(path, bytes);
    const found = await Array.fromAsync(findCaptionData(path, signal));
    expect(found).toEqual(places.map((offset) => ({ offset, data: base64(0xfc, 0x94, 0x20) })));
  });

  test.each([
    ["zeros that are escaped", [0x42, 0xff, 0, 0, 3, 0, 4, 1, 2], base64(0, 0, 0, 4, 1, 2)],
    ["none", [0x40, 0xff, 0xff], ""],
    ["those that are not to be processed", [0x01, 0xff, 0xfc, 1, 2, 0xff], ""],
    ["those that are cut off", [0x42, 0xff, 0xfc, 1, 2], ""],
  ])("with %s are read", (_what, bytes, data) => {
    expect(captionsIn(Buffer.from(bytes))).toBe(data);
  });
});

describe("a caption track", () => {
  const scenarist = (...lines: string[]) => ["Scenarist_SCC V1.0", ...lines].join("\n\n");
  const hello = "9420 9420 94ae 94ae 9470 9470 c8e5 ecec ef80 942f 942f";
  const texts = (first: string) =>
    scenarist(`00:00:00:${first}\t${hello}`, "00:00:00:20\t942c 942c", "00:00:00:24\t942c 942c");

  async function makeTrack(first: string): Promise<string> {
    const [text, path] = [scratch.file(`${first}.scc`), scratch.file(`${first}.mov`)];
    await writeFile(text, texts(first));
    const picture = await generate(scratch.file("picture.mp4"), { audio: null });
    await copy(path, "-i", picture, "-i", text, "-map", "0", "-map", "1");
    return path;
  }

  async function copy(path: string, ...args: string[]): Promise<void> {
    await execa("ffmpeg", ["-v", "error", "-y", ...args, "-c", "copy", path]);
  }

  async function read(path: string, startSeconds = 0) {
    const subtitle = aSubtitleTrack({ index: 1, codec: "eia_608", startSeconds });
    return (await readCaptionTracks(path, [subtitle], signal))[0];
  }

  test("says the same after it was copied", async () => {
    const [path, copied] = [await makeTrack("00"), scratch.file("copied.mov")];
    await copy(copied, "-i", path, "-map", "0");
    const source = await read(path);
    expect(source).toMatchObject({ isReadable: true, hasSecondField: false, isCut: false });
    expect((await read(copied))?.firstField).toBe(source?.firstField);
  });

  test("is cut where an edit list hides the start of a long caption", async () => {
    const [path, cut] = [await makeTrack("00"), scratch.file("cut.mov")];
    await copy(cut, "-ss", "0.1", "-i", path, "-map", "0");
    expect(await read(cut)).toMatchObject({ isCut: true });
  });

  test("is cut where it starts late, and something at its end is hidden", async () => {
    expect(await read(await makeTrack("06"), 0.2)).toMatchObject({ isCut: true });
  });

  test("has captions for two fields of a picture", () => {
    const bytes = Buffer.from([0xfc, 1, 2, 0xfd, 3, 4, 0xfc, 5, 6]);
    expect(fieldsOf(bytes)).toEqual({
      ...{ first: Buffer.from([0xfc, 1, 2, 0xfc, 5, 6]), second: Buffer.from([0xfd, 3, 4]) },
      isMisread: false,
    });
  });

  test("of two fields is misread by an old ffmpeg, which takes the header between them for captions", () => {
    const header = Buffer.from("fc0000fc000efc6364fc7432", "hex");
    expect(fieldsOf(Buffer.concat([Buffer.from([0xfc, 1, 2]), header])).isMisread).toBe(true);
  });
});
