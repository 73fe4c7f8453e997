import { createHash, randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { expect, test, vi } from "vitest";
import { makeScratch } from "../testing/scratch.ts";
import { WorkServer, workToken } from "../testing/work-server.ts";
import { WorkClient } from "../work/work-client.ts";
import { uploadFile } from "./upload.ts";

vi.setConfig({ testTimeout: 30_000 });

test("a file goes up in parts, in any order, also when URLs have expired", async () => {
  await using scratch = await makeScratch();
  const path = scratch.file("large");
  const bytes = randomBytes(40 * 1024 ** 2);
  await writeFile(path, bytes);
  const options = { sourcePath: path, fileName: "a.mp4", expireFirstUrls: true };
  await using server = await new WorkServer(options).start();
  const work = new WorkClient({ workUrl: server.url, token: { value: workToken } });
  const { signal } = new AbortController();
  const sent: number[] = [];

  const uploaded = await uploadFile({
    path,
    sizeBytes: bytes.length,
    sign: (part_numbers) => work.parts({ lease: 1, part_numbers }, signal),
    onProgress: (count) => sent.push(count),
    signal,
  });

  const sha256 = createHash("sha256").update(bytes).digest("hex");
  expect(uploaded.sha256).toBe(sha256);
  expect(uploaded.parts.map((part) => part.part_number)).toEqual([1, 2, 3]);
  expect(await server.saveParts(uploaded.parts, scratch.file("again"))).toBe(sha256);
  expect(sent).toHaveLength(3);
  expect(sent.at(-1)).toBe(bytes.length);
});
