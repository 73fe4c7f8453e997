import { readControllerConfig } from "@transpod/controller/config.ts";
import { startService } from "@transpod/controller/service.ts";
import { createLogger } from "@transpod/runtime/logger.ts";
import { runService } from "@transpod/runtime/process.ts";
import { RemoteJobs } from "./remote-jobs.ts";

/** The controller as a separate process, with Jobs on the storm's job host instead of a cluster. */
await runService(async () => {
  const config = readControllerConfig(process.env);
  const jobs = new RemoteJobs(process.env["JOB_HOST_URL"] ?? "");
  const settings = {
    ...config.settings,
    // A storm kills the workers of a file more often than a year on a cluster does.
    ...{ maxAttempts: 1_000, maxDisruptions: 1_000, maxMemoryScale: 2 ** 30 },
    // A worker that was killed is soon replaced.
    growthPauseSeconds: 1,
    ...{ retryDelaySeconds: { initial: 0, max: 1 }, queueVisibilitySeconds: 5, lingerSeconds: 10 },
  };
  return await startService(
    { ...config, settings },
    { jobs, authenticator: jobs, check: () => jobs.list(), stop: () => jobs.stop() },
    createLogger({ service: "controller", level: config.logLevel }),
  );
});
