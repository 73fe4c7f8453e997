import { once } from "node:events";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { listen, type HttpServer } from "./http-server.ts";

let server: HttpServer;
beforeAll(async () => {
  server = await listen((_request, response) => response.end("hello"), { port: 0 });
});
afterAll(() => server.close());

/** The raw answer to raw bytes. */
async function exchange(request: string): Promise<string> {
  const socket = connect(server.port, "127.0.0.1");
  await once(socket, "connect");
  socket.write(request);
  return await text(socket);
}

test.each([
  ["garbage", "garbage\r\n\r\n", 400, "malformed_request"],
  [
    "an endless URL",
    `GET /${"x".repeat(40_000)} HTTP/1.1\r\nHost: a\r\n\r\n`,
    431,
    "headers_too_large",
  ],
])("%s gets a problem like everything else", async (_, request, status, code) => {
  const answer = await exchange(request);
  expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(JSON.parse(answer.split("\r\n\r\n")[1] ?? "")).toMatchObject({ status, code });
});

test("a port that is taken is named", async () => {
  await expect(listen(() => {}, { port: server.port })).rejects.toThrow(
    `Port *:${server.port} is in use by another program. Stop it, or choose another PORT.`,
  );
});
