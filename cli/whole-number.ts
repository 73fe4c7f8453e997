import { InvalidArgumentError } from "commander";

/** Reads an argument that is at least 1 and has at most so many digits. Throws an InvalidArgumentError. */
export function countIn(mostDigits = Infinity): (text: string) => number {
  return (text) => {
    if (!/^[1-9]\d*$/.test(text) || text.length > mostDigits) {
      throw new InvalidArgumentError("Give a whole number of at least 1.");
    }
    return Number(text);
  };
}
