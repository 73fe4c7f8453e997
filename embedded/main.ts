import { relative } from "node:path";
import { runService } from "@transpod/runtime/process.ts";
import { readEmbeddedConfig } from "./config.ts";
import { startEmbedded } from "./embedded.ts";

await runService(async () => {
  const embedded = await startEmbedded(readEmbeddedConfig(process.env));
  const { url, dataDir, auth, page } = embedded;
  const folder = relative(process.cwd(), dataDir);
  const keys = auth
    ? 'needs an API key (AUTH=on): make keys ARGS="create NAME"'
    : "needs no API key (AUTH=off)";
  console.log(
    `Transpod is ready: API ${url}, ${page ? `page ${url}/, ` : ""}documentation ${url}/docs, data in ${folder}; ${keys}`,
  );
  return embedded;
});
