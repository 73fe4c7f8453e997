import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const folderAt = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** In the image it is beside the bundle (scripts/bundle.ts), in a clone it is what scripts/setup-web builds. */
const candidates = [folderAt("page"), folderAt("../../web/dist")];

/** The folder of the built page; undefined when it was not built. */
export function pageFolder(): string | undefined {
  return candidates.find((folder) => existsSync(join(folder, "index.html")));
}
