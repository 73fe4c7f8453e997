/** How a file is found by the beginning of its id. Without zod, for the page. */

const anyId = "00000000-0000-0000-0000-000000000000";
export const leastIdLength = 4;

/** Whether a file's id may begin so: with at least four of its characters, in upper or lower case. Pure. */
export function isIdBeginning(text: string): boolean {
  const { length } = text;
  return (
    length >= leastIdLength &&
    length <= anyId.length &&
    text.replaceAll(/[0-9a-f]/gi, "0") === anyId.slice(0, length)
  );
}

/** The lowest and the highest id that begins so. Pure. */
export function idsThatBegin(text: string): { first: string; last: string } {
  const rest = anyId.slice(text.length);
  return { first: text + rest, last: text + rest.replaceAll("0", "f") };
}
