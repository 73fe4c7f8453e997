import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** The real worker, which leaves its pid in its folder for whoever is to kill it. */
writeFileSync(join(process.env["SCRATCH_DIR"] ?? "", "pid"), String(process.pid));
await import("@transpod/transcoder-image/main.ts");
