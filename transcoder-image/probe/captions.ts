import { findCaptionData, type CaptionData } from "./a53.ts";
import { readPackets } from "./ffprobe.ts";

interface Packet {
  /** Presentation time in seconds. */
  time: number;
  /** The range of its bytes, from the file's start. */
  start: number;
  end: number;
}

/**
 * The captions of each frame that is shown, in presentation order, as `CaptionData.data`; null when there are none.
 * Throws as `readMedia` does.
 */
export async function readCaptions(
  path: string,
  track: number,
  signal: AbortSignal,
): Promise<string[] | null> {
  const found: CaptionData[] = [];
  for await (const each of findCaptionData(path, signal)) if (each.data !== "") found.push(each);
  if (found.length === 0) return null;
  const packets: Packet[] = [];
  for await (const line of readPackets(path, track, {
    entries: "pts_time,size,pos,flags",
    signal,
  })) {
    const packet = shownPacket(line);
    if (packet !== undefined) packets.push(packet);
  }
  return captionsOfPackets(found, packets);
}

/** A line is `0.040000,1027,4379,K_`; a D in the flags marks a packet that an edit list hides. */
function shownPacket(line: string): Packet | undefined {
  const [, time, size, position, flags] = /^(-?[\d.]+),(\d+),(\d+),([A-Z_]+)/.exec(line) ?? [];
  if (flags === undefined || flags.includes("D")) return undefined;
  const start = Number(position);
  return { time: Number(time), start, end: start + Number(size) };
}

/** Captions outside every packet belong to another track. Pure. */
function captionsOfPackets(
  found: readonly CaptionData[],
  packets: readonly Packet[],
): string[] | null {
  const byPlace = packets.toSorted((a, b) => a.start - b.start);
  const ofPacket = new Map<Packet, string>();
  let i = 0;
  for (const { offset, data } of found) {
    while (i < byPlace.length && (byPlace[i]?.end ?? 0) <= offset) i += 1;
    const packet = byPlace[i];
    if (packet === undefined || offset < packet.start) continue;
    // A frame of two fields has a message for each field.
    ofPacket.set(packet, (ofPacket.get(packet) ?? "") + data);
  }
  if (ofPacket.size === 0) return null;
  return packets.toSorted((a, b) => a.time - b.time).map((packet) => ofPacket.get(packet) ?? "");
}
