import type { Hdr10 } from "@transpod/contract/work-protocol.ts";

/**
 * The parameters of x265 for the mastering display, in units of 0.00002 for chromaticity and 0.0001
 * cd/m2 for luminance (x265's --master-display). ffmpeg passes them on by itself only from version 7
 * on.
 */
export function hdr10Params({ mastering, content_light }: Hdr10): string[] {
  const point = ([x, y]: readonly [number, number]) =>
    `(${Math.round(x * 50_000)},${Math.round(y * 50_000)})`;
  const light = (candela: number) => Math.round(candela * 10_000);
  return [
    ...(mastering === null
      ? []
      : [
          `master-display=G${point(mastering.green)}B${point(mastering.blue)}R${point(mastering.red)}` +
            `WP${point(mastering.white_point)}` +
            `L(${light(mastering.max_luminance)},${light(mastering.min_luminance)})`,
        ]),
    ...(content_light === null
      ? []
      : [`max-cll=${content_light.max_content},${content_light.max_average}`]),
  ];
}
