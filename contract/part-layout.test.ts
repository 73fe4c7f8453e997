import { expect, test } from "vitest";
import { maxObjectBytes, maxPutBytes, layOutParts, partBytesOf } from "./part-layout.ts";

const mebibyte = 1024 ** 2;

test("a small file is one part", () => {
  expect(layOutParts(5)).toEqual([{ number: 1, start: 0, end: 5 }]);
});

test("parts follow each other to the last byte", () => {
  expect(layOutParts(33 * mebibyte)).toEqual([
    { number: 1, start: 0, end: 16 * mebibyte },
    { number: 2, start: 16 * mebibyte, end: 32 * mebibyte },
    { number: 3, start: 32 * mebibyte, end: 33 * mebibyte },
  ]);
});

test.each([16 * mebibyte * 10_000, 16 * mebibyte * 10_000 + 1, 5 * 1024 ** 4, maxObjectBytes])(
  "a file of %i bytes fits into 10,000 parts",
  (size) => {
    const parts = layOutParts(size);
    expect(parts.length).toBeLessThanOrEqual(10_000);
    expect(parts.at(-1)?.end).toBe(size);
    expect(partBytesOf(size)).toBeLessThanOrEqual(maxPutBytes);
  },
);
