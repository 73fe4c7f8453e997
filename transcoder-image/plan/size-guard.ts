/** Before so much is encoded, the rest may yet be quite different. */
const minShare = 0.3;
/** And before so many frames, what the encoder holds back is too large a part of all. */
const minFrames = 250;
/** A projection must be as clear as this; what is written already must only be more than the source. */
const minProjectedGrowth = 1.25;

interface EncodeState {
  sourceBytes: number;
  writtenBytes: number;
  frame: number;
  totalFrames: number;
}

/**
 * How many times the source's size a result is bound for, where that is clearly larger; null while it
 * is not. Pure.
 */
export function projectedGrowth({
  sourceBytes,
  writtenBytes,
  frame,
  totalFrames,
}: EncodeState): number | null {
  if (writtenBytes > sourceBytes) return writtenBytes / sourceBytes;
  const share = frame / totalFrames;
  if (frame < minFrames || share < minShare) return null;
  const growth = writtenBytes / share / sourceBytes;
  return growth > minProjectedGrowth ? growth : null;
}
