import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { format } from "prettier";
import { describeApi } from "./openapi.ts";
import { routes } from "./routes/all.ts";

/**
 * Writes docs/openapi.json; with --check, checks that it is up to date instead.
 */
const path = fileURLToPath(new URL("../docs/openapi.json", import.meta.url));
const fresh = await format(JSON.stringify(describeApi(routes)), {
  parser: "json",
  printWidth: 100,
});

if (process.argv.includes("--check")) {
  const committed = await readFile(path, "utf8").catch(() => "");
  if (committed !== fresh) {
    process.stderr.write("docs/openapi.json is out of date. Run: node api/write-openapi.ts\n");
    process.exitCode = 1;
  }
} else {
  await writeFile(path, fresh);
}
