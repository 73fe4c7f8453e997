import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { request } from "./api.ts";

/** The address of a server that answers so, until the end of the test. */
async function serve(listener: RequestListener) {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    [Symbol.dispose]: () => void server.close(),
  };
}

test("an answer that breaks off is a failure, not an empty answer", async () => {
  using server = await serve((_, response) => {
    response.writeHead(200, { "content-type": "application/json", "content-length": "100" });
    response.write('{"files": [', () => response.destroy());
  });
  await expect(request("GET", server.url)).rejects.toThrow("terminated");
});

test("a refusal that is not JSON keeps its status", async () => {
  using server = await serve((_, response) => void response.writeHead(502).end("<html>"));
  await expect(request("GET", server.url)).rejects.toMatchObject({ status: 502, code: "" });
});
