import { createLogger } from "@transpod/runtime/logger.ts";
import { runService } from "@transpod/runtime/process.ts";
import { startApi } from "./api.ts";
import { readApiConfig } from "./config.ts";

await runService(async () => {
  const config = readApiConfig(process.env);
  const log = createLogger({ service: "api", level: config.logLevel });
  return await startApi(config, { log });
});
