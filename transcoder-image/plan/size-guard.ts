/** Before this share is encoded, the rest may still be quite different. */
const minShare = 0.3;
/** Before this number of frames, the frames that the encoder still buffers are too large a share. */
const minFrames = 250;
/** A projection must exceed this factor; bytes already written only need to exceed the source. */
const minProjectedGrowth = 1.25;

interface EncodeState {
  sourceBytes: number;
  writtenBytes: number;
  frame: number;
  totalFrames: number;
}

/**
 * The projected size of the result as a multiple of the source's size, when it is clearly larger;
 * otherwise null. Pure.
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
