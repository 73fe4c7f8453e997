import { open } from "node:fs/promises";
import { createServer } from "node:http";
import { buffer } from "node:stream/consumers";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { makeScratch } from "../testing/scratch.ts";
import { putOfPart } from "./file-part.ts";

test.each([0, 2 ** 31, 2 ** 32, 6e9])(
  "a part around byte %i of a large file is sent as it is",
  async (middle) => {
    await using scratch = await makeScratch();
    const path = scratch.file("large.mp4");
    const bytes = Buffer.from("around the middle");
    const start = Math.max(0, middle - 8);
    const file = await open(path, "w");
    await file.write(bytes, 0, bytes.length, start);
    await file.truncate(7e9);
    await file.close();

    const received: unknown[] = [];
    const server = createServer((request, response) => {
      void buffer(request).then((body) => {
        received.push(request.headers["content-length"], body.toString());
        response.end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const part = { number: 1, start, end: start + bytes.length };
    expect((await fetch(url, putOfPart(path, part))).status).toBe(200);
    server.close();
    expect(received).toEqual([String(bytes.length), bytes.toString()]);
  },
);
