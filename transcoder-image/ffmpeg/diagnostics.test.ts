import { expect, test } from "vitest";
import { Diagnostics } from "./diagnostics.ts";

test("errors are counted and the last lines kept", () => {
  const diagnostics = new Diagnostics();
  for (let i = 0; i < 30; i++) diagnostics.push(`[h264 @ 0x1] [error] bad block ${i}`);
  diagnostics.push("");
  expect(diagnostics.errorCount).toBe(30);
  expect(diagnostics.lines).toHaveLength(20);
  expect(diagnostics.lines.at(-1)).toContain("bad block 29");
});

test.each([
  ["[h264 @ 0x1] [error] mmco: unref short failure", 1],
  ["[mov,mp4,m4a,3gp,3g2,mj2 @ 0x1] [error] stream 0, offset 0x1f: partial file", 1],
  ["[h264 @ 0x1] [warning] just saying", 0],
  ["[libx265 @ 0x1] [error] of the encoder", 0],
  ["[mov @ 0x1] [error] of the muxer", 0],
  ["[mp4 @ 0x1] [error] of the muxer", 0],
])("of the source's own errors %s counts as %i", (line, count) => {
  const diagnostics = new Diagnostics();
  diagnostics.push(line);
  expect(diagnostics.errorCount).toBe(count);
});
