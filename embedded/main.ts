import { relative } from "node:path";
import { runService } from "@transpod/runtime/process.ts";
import { readEmbeddedConfig } from "./config.ts";
import { startEmbedded } from "./embedded.ts";

await runService(async () => {
  const embedded = await startEmbedded(readEmbeddedConfig(process.env));
  const { url, dataDir } = embedded;
  const folder = relative(process.cwd(), dataDir);
  console.log(`Transpod is ready: API ${url}, documentation ${url}/docs, data in ${folder}`);
  return embedded;
});
