import { expect, test } from "vitest";
import { isCutOff } from "./boxes.ts";

test("a file that ends inside its media is cut off, one that ends inside padding is not", () => {
  const whole = { type: "moov", complete: true };
  expect(isCutOff([whole, { type: "mdat", complete: false }])).toBe(true);
  expect(isCutOff([whole, { type: "moof", complete: false }])).toBe(true);
  expect(isCutOff([whole, { type: "free", complete: false }])).toBe(false);
});
