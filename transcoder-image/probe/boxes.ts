import { open, type FileHandle } from "node:fs/promises";

/** A box of a file (ISO/IEC 14496-12, 4.2). */
export interface Box {
  type: string;
  /** False when the file ends before the box does. */
  complete: boolean;
}

export interface ByteRange {
  /** The start of the contents, in bytes from the file's start. */
  start: number;
  end: number;
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

/** A normal file has a few boxes at its top level, a fragmented one thousands. */
const maxBoxes = 100_000;

/** Reads the headers of the boxes at the top level. */
export async function readBoxes(path: string): Promise<Box[]> {
  await using file = await open(path);
  const { size } = await file.stat();
  const boxes: Box[] = [];
  for await (const { type, complete } of boxesIn(file, { start: 0, end: size })) {
    boxes.push({ type, complete });
    if (boxes.length === maxBoxes) break;
  }
  return boxes;
}

/** Every box at this path of types, outermost first. */
export async function* findBoxes(
  file: FileHandle,
  within: ByteRange,
  [type, ...inner]: readonly string[],
): AsyncGenerator<ByteRange> {
  for await (const box of boxesIn(file, within)) {
    if (box.type !== type || !box.complete) continue;
    if (inner.length === 0) yield box;
    else yield* findBoxes(file, box, inner);
  }
}

export async function* boxesIn(
  file: FileHandle,
  { start, end }: ByteRange,
): AsyncGenerator<ByteRange & Box, void, void> {
  for (let offset = start; offset < end;) {
    const { type, size, headerBytes } = await readHeader(file, offset);
    const length = size === 0 ? end - offset : size;
    const complete = length >= 8 && offset + length <= end;
    yield { type, complete, start: offset + headerBytes, end: offset + length };
    if (length < 8) return;
    offset += length;
  }
}

async function readHeader(file: FileHandle, offset: number) {
  const { buffer } = await file.read(Buffer.alloc(16), 0, 16, offset);
  const size = buffer.readUInt32BE(0);
  const type = buffer.toString("latin1", 4, 8);
  // A size of 1 means that the real size follows in 64 bits.
  return size === 1
    ? { type, size: Number(buffer.readBigUInt64BE(8)), headerBytes: 16 }
    : { type, size, headerBytes: 8 };
}

/** Whether this is an MP4 or MOV at all, and whether it has an index, without which it can't be read. */
export function judgeBoxes(boxes: readonly Box[]): "readable" | "incomplete" | "foreign" | "empty" {
  const [first] = boxes;
  if (first === undefined) return "empty";
  if (!knownFirst.has(first.type)) return "foreign";
  const index = boxes.find((box) => box.type === "moov");
  return index?.complete === true ? "readable" : "incomplete";
}

const essential = new Set(["moov", "moof", "mdat"]);

/** Whether the file ends inside its index or its media. Perhaps only its sound is affected. */
export function isCutOff(boxes: readonly Box[]): boolean {
  return boxes.some((box) => !box.complete && essential.has(box.type));
}

const dataReferences = ["moov", "trak", "mdia", "minf", "dinf", "dref"];
/** Version, flags and the number of entries come before the entries. */
const beforeEntries = 8;
const selfContained = 1;
/** An entry with only flags and no location refers to no other file, whatever the flags are. */
const flagsBytes = 4;

/** Whether a track refers to media in another file (ISO/IEC 14496-12, 8.7.2). */
export async function hasExternalData(path: string): Promise<boolean> {
  await using file = await open(path);
  const { size } = await file.stat();
  for await (const { start, end } of findBoxes(file, { start: 0, end: size }, dataReferences)) {
    for await (const entry of boxesIn(file, { start: start + beforeEntries, end })) {
      const { buffer } = await file.read(Buffer.alloc(flagsBytes), 0, flagsBytes, entry.start);
      const isOwn = (buffer.readUInt32BE(0) & selfContained) !== 0;
      if (!isOwn && entry.end - entry.start > flagsBytes) return true;
    }
  }
  return false;
}
