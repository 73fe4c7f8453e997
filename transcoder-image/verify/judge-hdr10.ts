import type { Hdr10 } from "@transpod/contract/work-protocol.ts";

/** Encoders write numbers in steps: of 0.00002 for colours, of 0.0001 cd/m2 for light. */
const colourStep = 0.00003;
const lightStep = 0.0002;

/** Whether an output's static HDR metadata are the source's, or a sentence about it. Pure. */
export function judgeHdr10(expected: Hdr10 | null, found: Hdr10 | null): string | null {
  if (expected === null) return null;
  const isKept =
    isSameDisplay(expected.mastering, found?.mastering ?? null) &&
    isSameLight(expected.content_light, found?.content_light ?? null);
  return isKept ? null : "The output's HDR metadata differ from the source's.";
}

function isSameDisplay(expected: Hdr10["mastering"], found: Hdr10["mastering"]): boolean {
  if (expected === null) return true;
  if (found === null) return false;
  const points = ["red", "green", "blue", "white_point"] as const;
  const colours = (of: typeof expected) => points.flatMap((point) => of[point]);
  const light = (of: typeof expected) => [of.min_luminance, of.max_luminance];
  return (
    isNear(colours(expected), colours(found), colourStep) &&
    isNear(light(expected), light(found), lightStep)
  );
}

function isSameLight(expected: Hdr10["content_light"], found: Hdr10["content_light"]): boolean {
  if (expected === null) return true;
  return found?.max_content === expected.max_content && found.max_average === expected.max_average;
}

function isNear(numbers: readonly number[], others: readonly number[], step: number): boolean {
  return numbers.every((number, i) => Math.abs(number - (others[i] ?? Number.NaN)) <= step);
}
