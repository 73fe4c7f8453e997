import { videoExtension } from "@transpod/contract/object-keys.ts";

export type Container = "mp4" | "mov";

/** The output's container follows the name the client gave: it keeps PCM and captions in a .mov. */
export function containerOf(fileName: string): Container {
  return videoExtension(fileName) === ".mov" ? "mov" : "mp4";
}
