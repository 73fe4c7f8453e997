import { readFile, writeFile } from "node:fs/promises";

const selfContained = 12;
const around = ["moov", "trak", "mdia", "minf", "dinf", "dref"];

/**
 * Changes the first track of a file whose index is at its end, so that it refers to media in another file
 * (ISO/IEC 14496-12, 8.7.2), in QuickTime's way: a Macintosh alias that holds a path.
 */
export async function referToOtherFile(path: string, other: string): Promise<void> {
  const bytes = await readFile(path);
  const entry = bytes.indexOf("url ", bytes.indexOf("dref")) - 4;
  const alias = aliasTo(other);
  const grown = Buffer.concat([
    bytes.subarray(0, entry),
    alias,
    bytes.subarray(entry + selfContained),
  ]);
  for (const type of around) {
    const box = grown.indexOf(type) - 4;
    grown.writeUInt32BE(grown.readUInt32BE(box) + alias.length - selfContained, box);
  }
  await writeFile(path, grown);
}

/** The fields that ffmpeg reads; the others are empty. */
function aliasTo(path: string): Buffer {
  const name = Buffer.from(path);
  const even = Buffer.alloc(name.length + (name.length % 2));
  name.copy(even);
  const levels = Buffer.from([0, 1, 0, 1]);
  const record = Buffer.concat([
    ...[Buffer.alloc(4), Buffer.alloc(10), Buffer.alloc(28), Buffer.alloc(12), Buffer.alloc(64)],
    ...[Buffer.alloc(16), levels, Buffer.alloc(16)],
    // A record of type 2 is an absolute path; one of type -1 ends the list.
    ...[Buffer.from([0, 2, 0, name.length]), even, Buffer.from([0xff, 0xff, 0, 0])],
  ]);
  const header = Buffer.alloc(8);
  header.writeUInt32BE(header.length + record.length);
  header.write("alis", 4, "latin1");
  return Buffer.concat([header, record]);
}
