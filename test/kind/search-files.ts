import type { Pod } from "./objects.ts";
import { runNodeInPod } from "./worker-shell.ts";

export interface Found {
  /** Files that contain one of the texts. */
  holding: string[];
  /** Folders that the worker may write to. */
  writable: string[];
}

/**
 * Searches all files that the worker can read, except the kernel's file systems and Debian's code. The
 * texts are passed on standard input: arguments would be visible in /proc.
 */
export async function search(pod: Pod, texts: readonly string[]): Promise<Found> {
  return JSON.parse(await runNodeInPod(pod, program, JSON.stringify(texts))) as Found;
}

const program = `
import { accessSync, constants, readdirSync, readFileSync } from "node:fs";
const texts = JSON.parse(readFileSync(0, "utf8"));
const left = new Set(["/proc", "/sys", "/dev", "/usr/lib", "/usr/share", "/usr/bin"]);
const found = { holding: [], writable: [] };
const attempt = (work) => { try { return work(); } catch { return undefined; } };
function look(folder) {
  if (left.has(folder)) return;
  const isWritable = attempt(() => { accessSync(folder, constants.W_OK); return true; });
  if (isWritable) found.writable.push(folder);
  for (const entry of attempt(() => readdirSync(folder, { withFileTypes: true })) ?? []) {
    const path = (folder === "/" ? "" : folder) + "/" + entry.name;
    if (entry.isDirectory()) look(path);
    if (!entry.isFile()) continue;
    const content = attempt(() => readFileSync(path));
    if (texts.some((text) => content?.includes(text))) found.holding.push(path);
  }
}
look("/");
console.log(JSON.stringify(found));
`;
