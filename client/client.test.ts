import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { cancelFile } from "@transpod/store/cancel.ts";
import { pendingFile } from "@transpod/store/testing.ts";
import { startTestApi, type TestApi } from "@transpod/test/test-api.ts";
import { TranspodClient } from "./client.ts";
import { fetchRest, isThere, publish } from "./download.ts";
import { retryAfterMs } from "./retry.ts";

const folder = mkdtempSync(join(tmpdir(), "transpod-client-test-"));
const stopped = new AsyncDisposableStack();
let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(async () => {
  await stopped.disposeAsync();
  await api.stop();
  rmSync(folder, { recursive: true });
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  stopped.defer(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** In front of the API: it may answer in its place. */
async function proxy(instead: (path: string) => number | undefined): Promise<string> {
  return await serve((request, response) => {
    const status = instead(request.url!);
    if (status !== undefined) {
      response.writeHead(status, { "retry-after": "0" }).end("{}");
      return;
    }
    void fetch(`${api.url}${request.url}`, { method: request.method! }).then(async (answer) => {
      response.writeHead(answer.status).end(await answer.text());
    });
  });
}

function someFile(name: string, bytes: number): string {
  const path = join(folder, name);
  writeFileSync(path, randomBytes(bytes));
  return path;
}

test.each([
  [null, 0],
  ["3", 3_000],
  ["Thu, 01 Jan 1970 00:00:05 GMT", 4_000],
  ["Thu, 01 Jan 1970 00:00:00 GMT", 0],
  ["soon", 0],
  ["86400", 60_000],
])("Retry-After %j at one second past the epoch waits %i ms", (header, ms) => {
  expect(retryAfterMs(header, 1_000)).toBe(ms);
});

test("a request that is refused for now is tried again; other refusals are final", async () => {
  const { fileId } = await pendingFile(api.database.pool);
  let left = 2;
  const url = await proxy(() => (left-- > 0 ? 503 : undefined));
  expect(await new TranspodClient(url).status(fileId)).toMatchObject({ file_id: fileId });
  left = 1;
  const impatient = new TranspodClient(url, undefined, { retries: 0 });
  await expect(impatient.status(fileId)).rejects.toMatchObject({ code: "not_transpod" });
  let asked = 0;
  const counting = await proxy(() => void (asked += 1));
  const unknown = new TranspodClient(counting).status("00000000-0000-4000-8000-000000000000");
  await expect(unknown).rejects.toMatchObject({ code: "file_not_found" });
  expect(asked).toBe(1);
});

test("an announcement is not repeated when it may have been heard, and is when it was not", async () => {
  const path = someFile("once.mp4", 10);
  let asked = 0;
  const failing = await serve((_, response) => response.writeHead(500).end(void (asked += 1)));
  await expect(new TranspodClient(failing).announce(path)).rejects.toThrow("500");
  expect(asked).toBe(1);
  const busy = await serve((_, response) => response.writeHead(429).end(void (asked += 1)));
  const client = new TranspodClient(busy, undefined, { retries: 1 });
  await expect(client.announce(path)).rejects.toThrow("429");
  expect(asked).toBe(3);
});

test("all pages are listed", async () => {
  const files = await Promise.all(
    Array.from({ length: 101 }, () => pendingFile(api.database.pool)),
  );
  const listed = new Set<string>();
  for await (const file of new TranspodClient(api.url).list()) listed.add(file.file_id);
  expect(files.filter(({ fileId }) => !listed.has(fileId))).toEqual([]);
});

test("an upload that was interrupted sends only what S3 lacks", async () => {
  const client = new TranspodClient(api.url);
  const path = someFile("parts.mp4", 40 * 1024 ** 2);
  const { file_id } = await client.announce(path, {}, { inParts: true });
  const interrupted = new AbortController();
  const [first, second]: [number[], number[]] = [[], []];
  const sending = client.send(file_id, path, {
    inParts: true,
    partsAtOnce: 1,
    signal: interrupted.signal,
    onPart(part) {
      first.push(part);
      interrupted.abort(new Error("Enough."));
    },
  });
  await expect(sending).rejects.toThrow("Enough.");
  const told: number[] = [];
  const onSent = (sent: number) => void told.push(sent);
  const onPart = (part: number) => void second.push(part);
  await client.send(file_id, path, { inParts: true, onPart, onSent });
  expect(first).toEqual([1]);
  expect(second.toSorted((a, b) => a - b)).toEqual([2, 3]);
  expect([told[0], told.at(-1)]).toEqual([16 * 1024 ** 2, 40 * 1024 ** 2]);
});

test("a file that S3 has is not sent again", async () => {
  const client = new TranspodClient(api.url);
  const path = someFile("twice.mp4", 1000);
  const id = await client.upload(path);
  await client.send(id, path, { inParts: false });
});

test("without an event stream a file is watched by polling", async () => {
  const { pool } = api.database;
  const { fileId } = await pendingFile(pool);
  let streams = 0;
  const url = await proxy((path) => {
    if (!path.endsWith("/events")) return;
    streams += 1;
    return 404;
  });
  const seen: string[] = [];
  const watching = new TranspodClient(url).watch(
    fileId,
    (event) => void seen.push(event.processing_status),
  );
  await vi.waitUntil(() => seen.length > 1);
  await cancelFile(pool, fileId);
  expect((await watching).processing_status).toBe("cancelled");
  expect(streams).toBe(1);
});

test("a download goes on where it broke, and is published only with the right checksum", async () => {
  const content = randomBytes(100_000);
  const sha256 = createHash("sha256").update(content).digest("hex");
  const ranges: unknown[] = [];
  const url = await serve((request, response) => {
    ranges.push(request.headers.range);
    const from = Number(/\d+/.exec(request.headers.range ?? "0")![0]);
    response.writeHead(from === 0 ? 200 : 206, { "content-length": content.length - from });
    if (from > 0) response.end(content.subarray(from));
    else void breakAfter(response, content.subarray(0, 50_000));
  });
  const [partial, path] = [join(folder, "film.part"), join(folder, "film.mp4")];
  const breakAfter = async (response: ServerResponse, begin: Buffer) => {
    response.write(begin);
    // What the client has received and not written yet is lost.
    await vi.waitUntil(() => existsSync(partial) && statSync(partial).size > 0);
    response.destroy();
  };
  await expect(fetchRest(url, partial, {})).rejects.toThrow("broke");
  await fetchRest(url, partial, {});
  expect(ranges).toEqual([undefined, expect.stringMatching(/^bytes=[1-9]\d*-$/)]);
  await publish(partial, path, sha256);
  expect(readFileSync(path).equals(content)).toBe(true);
  expect(await isThere(path, sha256)).toBe(true);
  await expect(isThere(path, "other")).rejects.toMatchObject({ code: "output_exists" });

  writeFileSync(partial, "something else");
  await expect(publish(partial, path, sha256)).rejects.toMatchObject({ code: "checksum_mismatch" });
  expect(readFileSync(path).equals(content)).toBe(true);
});
