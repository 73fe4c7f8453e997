import { expect, test } from "vitest";
import { LogTail } from "./log-tail.ts";

const event = (fields: object) =>
  `${JSON.stringify({ level: "info", time: "2026-01-31T12:00:00.000Z", worker: "a", ...fields })}\n`;

test("the tail ends with the last line, and holds no secret", () => {
  const tail = new LogTail();
  expect(tail.read()).toBeNull();
  for (let n = 0; n < 100; n += 1) tail.push(event({ event: "phase", n }));
  tail.push(event({ event: "failed", why: "GET http://s3/a?X-Amz-Signature=abc" }));
  const lines = tail.read()!.split("\n");
  expect(lines).toHaveLength(50);
  expect(lines.at(-1)).toBe("2026-01-31T12:00:00.000Z failed why=GET http://s3/a?[removed]");
});
