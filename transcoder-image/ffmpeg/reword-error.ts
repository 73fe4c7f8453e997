/**
 * Rewords one line of ffmpeg for people: without memory addresses, levels and folders.
 * `[libx265 @ 0x55d0] [error] Image size is too small.` becomes `libx265: Image size is too small.`
 */
export function rewordError(line: string): string {
  return line
    .replace(/^\[([^\]]*?) @ 0x[0-9a-f]+\] /i, "$1: ")
    .replace(/\[(?:warning|error|fatal|panic)\] /, "")
    .replaceAll(/ ?\b0x[0-9a-f]{6,}\b/gi, "")
    .replaceAll(/(?<![\w:/])\/(?:[^\s/:'"]+\/)+/g, "")
    .trim();
}
