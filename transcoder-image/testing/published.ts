import { readMedia, readPacketTimes } from "../probe/ffprobe.ts";
import type { Media, VideoTrack } from "../probe/media.ts";
import type { WorkServer } from "./work-server.ts";

export interface Published {
  media: Media;
  video: VideoTrack;
  timestamps: number[];
  sha256: string;
}

/** Looks at what a worker uploaded. */
export async function readPublished(server: WorkServer, path: string): Promise<Published> {
  const { signal } = new AbortController();
  const sha256 = await server.savePublished(path);
  const media = await readMedia(path, signal);
  const [video] = media?.video ?? [];
  if (media === undefined || video === undefined) throw new Error("no video was published");
  const { timestamps } = await readPacketTimes(path, video.index, { ignoreEdits: false, signal });
  return { media, video, timestamps, sha256 };
}
