import { readFile, writeFile } from "node:fs/promises";

/**
 * Changes the first sample of a caption track, in which there are eleven captions (QuickTime File Format,
 * "Closed captioning sample data"): the last ones become those of the second field.
 */
export async function addSecondField(from: string, to: string): Promise<void> {
  const bytes = await readFile(from);
  const atom = bytes.indexOf("cdat") - 4;
  const size = bytes.readUInt32BE(atom);
  const first = 16;
  bytes.writeUInt32BE(first, atom);
  bytes.writeUInt32BE(size - first, atom + first);
  bytes.write("cdt2", atom + first + 4, "latin1");
  await writeFile(to, bytes);
}

/** Overwrites the first sample of a caption track with zeros, which are no atom. */
export async function emptyCaptions(from: string, to: string): Promise<void> {
  const bytes = await readFile(from);
  const atom = bytes.indexOf("cdat") - 4;
  bytes.fill(0, atom, atom + bytes.readUInt32BE(atom));
  await writeFile(to, bytes);
}

/** Makes a caption track say that it holds CTA-708. */
export async function callIt708(from: string, to: string): Promise<void> {
  const bytes = await readFile(from);
  for (let at = bytes.indexOf("c608"); at >= 0; at = bytes.indexOf("c608", at)) {
    bytes.write("c708", at, "latin1");
  }
  await writeFile(to, bytes);
}
