import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { format } from "prettier";
import { readApiConfig } from "./config.ts";
import { describeApi } from "./openapi.ts";
import { routes } from "./routes/all.ts";

/**
 * Writes docs/openapi.json: the document of an API with default settings, which requires keys. With --check, checks
 * that the file is up to date instead.
 */
const { settings } = readApiConfig({
  DATABASE_URL: "postgres://localhost/transpod",
  AWS_REGION: "us-east-1",
  SQS_QUEUE_URL: "http://localhost/uploads",
  S3_RAW_BUCKET: "raw",
  S3_PROCESSED_BUCKET: "processed",
});
const path = fileURLToPath(new URL("../docs/openapi.json", import.meta.url));
const fresh = await format(JSON.stringify(describeApi(routes, settings)), {
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
