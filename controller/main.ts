import { createLogger } from "@transpod/runtime/logger.ts";
import { runService } from "@transpod/runtime/process.ts";
import { readControllerConfig } from "./config.ts";
import { readJobSettings } from "./kubernetes/job-settings.ts";
import { startKubernetes } from "./kubernetes/kubernetes.ts";
import { startService } from "./service.ts";

await runService(async () => {
  const config = readControllerConfig(process.env);
  const settings = readJobSettings(config.jobSettingsFile);
  const log = createLogger({ service: "controller", level: config.logLevel });
  const kubernetes = await startKubernetes({ namespace: config.namespace, settings, log });
  return await startService(config, kubernetes, log);
});
