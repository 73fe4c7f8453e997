import { open, type FileHandle } from "node:fs/promises";

/** The boxes a file is made of (ISO/IEC 14496-12, 4.2), at its top level. */
export interface Box {
  type: string;
  /** False when the file ends before the box does. */
  complete: boolean;
}

const knownFirst = new Set([
  "ftyp",
  "moov",
  "mdat",
  "free",
  "skip",
  "wide",
  "pnot",
  "styp",
  "uuid",
]);

/** Reads the boxes' headers: a healthy file has a handful, a fragmented one thousands. */
export async function readBoxes(path: string, limit = 100_000): Promise<Box[]> {
  const file = await open(path);
  try {
    const { size: fileSize } = await file.stat();
    const boxes: Box[] = [];
    for (let offset = 0; offset < fileSize && boxes.length < limit;) {
      const { type, size } = await readHeader(file, offset);
      const length = size === 0 ? fileSize - offset : size;
      boxes.push({ type, complete: length >= 8 && offset + length <= fileSize });
      if (length < 8) break;
      offset += length;
    }
    return boxes;
  } finally {
    await file.close();
  }
}

async function readHeader(
  file: FileHandle,
  offset: number,
): Promise<{ type: string; size: number }> {
  const { buffer } = await file.read(Buffer.alloc(16), 0, 16, offset);
  const size = buffer.readUInt32BE(0);
  const type = buffer.toString("latin1", 4, 8);
  // A size of 1 says that the real one follows in 64 bits.
  return { type, size: size === 1 ? Number(buffer.readBigUInt64BE(8)) : size };
}

/** Whether this is an MP4 or MOV at all, and whether the index without which none can be read is there. */
export function judgeBoxes(boxes: readonly Box[]): "readable" | "incomplete" | "foreign" | "empty" {
  const [first] = boxes;
  if (first === undefined) return "empty";
  if (!knownFirst.has(first.type)) return "foreign";
  const index = boxes.find((box) => box.type === "moov");
  return index?.complete === true ? "readable" : "incomplete";
}

const essential = new Set(["moov", "moof", "mdat"]);

/** Whether the file ends inside its index or its media, which may show in its sound alone. */
export function isCutOff(boxes: readonly Box[]): boolean {
  return boxes.some((box) => !box.complete && essential.has(box.type));
}
