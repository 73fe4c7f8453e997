import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** The real worker, which writes its pid into its folder so that it can be killed. */
writeFileSync(join(process.env["SCRATCH_DIR"] ?? "", "pid"), String(process.pid));
await import("@transpod/transcoder-image/main.ts");
