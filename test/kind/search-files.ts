import type { Pod } from "./objects.ts";
import { runNodeInPod } from "./worker-shell.ts";

export interface Found {
  /** Files in which one of the texts is. */
  holding: string[];
  /** Folders that the worker may write to. */
  writable: string[];
}

/**
 * Looks through everything that the worker can read but the kernel's own file systems and the code that
 * Debian brings. The texts go by standard input: as an argument each would be in /proc.
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
