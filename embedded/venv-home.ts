import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/**
 * The virtual environment of a Python tool, in the user's cache folder, shared by all clones; scripts/venv.sh
 * makes it. Its name changes with requirements.txt, so a newer version never meets an older one's files.
 */
export function venvHome(tool: string, requirements: URL): string {
  const version = createHash("sha256")
    .update(readFileSync(requirements))
    .digest("hex")
    .slice(0, 12);
  const cache = process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache");
  return join(cache, "transpod", `${tool}-${version}`);
}
