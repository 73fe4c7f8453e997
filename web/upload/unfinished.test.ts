import { expect, test } from "vitest";
import { fingerprintOf } from "./fingerprint.ts";
import { isSameFile } from "./unfinished.ts";

const edge = "x".repeat(64 * 1024);
const fileOf = (content: string, name = "film.mp4", lastModified = 1) =>
  new File([content], name, { lastModified });

const film = fileOf(`${edge}12${edge}`);
const begun = { name: film.name, sizeBytes: film.size, lastModified: film.lastModified };

test.for([
  ["the same file", film, true],
  ["a copy with another name and time", fileOf(`${edge}12${edge}`, "copy.mp4", 2), true],
  ["another file of the same name, size and time", fileOf(`y${edge}1${edge}`), false],
  ["another size", fileOf(`${edge}123${edge}`), false],
] as const)("by its content: %s", async ([, file, isSame]) => {
  const known = { ...begun, fingerprint: await fingerprintOf(film) };
  expect(isSameFile(known, file, await fingerprintOf(file))).toBe(isSame);
});

test.for([
  ["the same file", film, true],
  ["another time", fileOf(`${edge}12${edge}`, "film.mp4", 2), false],
  ["another name", fileOf(`${edge}12${edge}`, "copy.mp4"), false],
] as const)("without https, by its name, size and time: %s", ([, file, isSame]) => {
  expect(isSameFile({ ...begun, fingerprint: undefined }, file, undefined)).toBe(isSame);
});
