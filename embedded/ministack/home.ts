import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

const requirements = readFileSync(new URL("requirements.txt", import.meta.url));
const version = createHash("sha256").update(requirements).digest("hex").slice(0, 12);
const cache = process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache");

/**
 * The virtual environment that holds MiniStack, made by `scripts/setup-ministack`. Its name changes
 * with requirements.txt, so a newer version never meets an older one's files.
 */
export const ministackHome = join(cache, "transpod", `ministack-${version}`);

// The set-up script runs this file to get the path, so that the rule is in one place.
if (import.meta.main) console.log(ministackHome);
