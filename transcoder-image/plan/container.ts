import { videoExtension } from "@transpod/contract/object-keys.ts";

export type Container = "mp4" | "mov";

/** The output has the container of the client's file name, so PCM and captions stay in a .mov. */
export function containerOf(fileName: string): Container {
  return videoExtension(fileName) === ".mov" ? "mov" : "mp4";
}
