import { readEmbeddedConfig } from "@transpod/embedded/config.ts";
import { startEmbedded } from "@transpod/embedded/embedded.ts";
import { armCrashPoint, type CrashPoint } from "@transpod/runtime/crash-point.ts";
import { runService } from "@transpod/runtime/process.ts";

/**
 * Embedded mode, which dies at the crash point that the test sends. Postgres, S3 and SQS belong to the
 * test, and outlive it.
 */
process.on("message", (point: CrashPoint) => {
  armCrashPoint(point);
  process.send?.("armed");
});
const { DATABASE_URL: databaseUrl = "", S3_ENDPOINT: endpoint = "" } = process.env;
await runService(async () => {
  const config = readEmbeddedConfig(process.env);
  const backing = { databaseUrl, endpoint, stop: async () => {} };
  const embedded = await startEmbedded(config, async () => backing);
  console.log(`Transpod is ready: API ${embedded.url},`);
  return embedded;
});
