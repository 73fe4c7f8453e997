import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

const requirements = readFileSync(new URL("requirements.txt", import.meta.url));
const version = createHash("sha256").update(requirements).digest("hex").slice(0, 12);
const cache = process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache");

/**
 * The virtual environment that holds kubernetes-validate, with Kubernetes' own schemas, made by
 * `scripts/chart-tools`. Its name changes with requirements.txt.
 */
export const kubernetesValidateHome = join(cache, "transpod", `kubernetes-validate-${version}`);

// The set-up script asks by running this file, so that the rule is in one place.
if (import.meta.main) console.log(kubernetesValidateHome);
