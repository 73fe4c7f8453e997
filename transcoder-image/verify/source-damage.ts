/** The result of reading the source for the encode. */
export interface Encoded {
  frames: number;
  /** Errors that ffmpeg found in the source. */
  errorCount: number;
}

/** The note about a damaged source that is accepted. */
export function missingFramesNote(expectedFrames: number, frames: number): string {
  return (
    `The file is damaged: ${expectedFrames - frames} of its ${expectedFrames} frames can't be ` +
    "decoded and are missing."
  );
}

/**
 * When an output has fewer frames than its source: a sentence when the source is damaged, otherwise null. Pure.
 */
export function sourceDamage(
  expectedFrames: number,
  encoded: Encoded,
  output: { packets: number; decodedFrames: number },
): string | null {
  const { packets, decodedFrames } = output;
  if (packets === expectedFrames && decodedFrames === expectedFrames) return null;
  if (encoded.errorCount === 0 && encoded.frames >= expectedFrames) return null;
  return `The file is damaged: it contains ${expectedFrames} frames, but only ${encoded.frames} can be decoded.`;
}

/** The sentence for the client about the captions of a damaged file, which belong to frames. */
export const damagedCaptionsNote =
  "The file is damaged: closed captions may be missing, or be shown too early or too late.";
