/** What the source gave when it was read for the encode. */
export interface Encoded {
  frames: number;
  /** Errors that ffmpeg found in the source. */
  errorCount: number;
}

/** What people are told where a damaged source is put up with. */
export function lostNote(expectedFrames: number, frames: number): string {
  return `The file is damaged: ${expectedFrames - frames} of its ${expectedFrames} frames can't be decoded and are missing.`;
}

/** Captions go with frames, which can't all be found in a damaged file. */
export const captionsNote =
  "The file is damaged: closed captions may be missing, or be shown too early or too late.";

/**
 * Whose fault it is that an output has other frames than its source: a sentence where the source
 * could not be read as a whole, null where nothing speaks against it. Pure.
 */
export function blameSource(
  expectedFrames: number,
  encoded: Encoded,
  output: { packets: number; decodedFrames: number },
): string | null {
  const { packets, decodedFrames } = output;
  if (packets === expectedFrames && decodedFrames === expectedFrames) return null;
  if (encoded.errorCount === 0 && encoded.frames >= expectedFrames) return null;
  return `The file is damaged: it holds ${expectedFrames} frames, but decodes to ${encoded.frames}.`;
}
