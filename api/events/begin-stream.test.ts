import express from "express";
import { expect, test } from "vitest";
import { listen } from "@transpod/runtime/http-server.ts";
import { createLogger } from "@transpod/runtime/logger.ts";
import { problemHandler } from "@transpod/runtime/problems.ts";
import { beginStream } from "./begin-stream.ts";

test("a stream too many is refused, with a word on when to come back", async () => {
  let streams = 2_000;
  const app = express()
    .get("/", (_, response) => {
      beginStream(response, { streams });
      response.end();
    })
    .use(problemHandler(createLogger({ service: "test", level: "silent" })));
  const server = await listen(app, { port: 0, host: "127.0.0.1" });
  const url = `http://127.0.0.1:${server.port}/`;
  const refused = await fetch(url);
  expect(refused.status).toBe(503);
  expect(refused.headers.get("retry-after")).toBe("30");
  expect(await refused.json()).toMatchObject({ code: "too_many_streams" });
  streams -= 1;
  const begun = await fetch(url);
  expect(begun.status).toBe(200);
  expect(begun.headers.get("content-type")).toContain("text/event-stream");
  await server.close();
});
