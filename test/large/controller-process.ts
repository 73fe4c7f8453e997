import { readControllerSettings } from "@transpod/controller/config.ts";
import { startController } from "@transpod/controller/controller.ts";
import { ChildProcessJobs } from "@transpod/embedded/child-process-jobs.ts";
import { createS3, createSqs } from "@transpod/runtime/aws.ts";
import { createLogger } from "@transpod/runtime/logger.ts";
import { createRegistry } from "@transpod/runtime/metrics.ts";
import { runService } from "@transpod/runtime/process.ts";
import { createPool } from "@transpod/store/database.ts";

/** The real controller as a process of its own, with real workers as its children. */
export interface ControllerArguments {
  databaseUrl: string;
  s3Endpoint: string;
  sqsEndpoint: string;
  queueUrl: string;
  rawBucket: string;
  processedBucket: string;
  scratchDir: string;
  workPort: number;
  settings: Record<string, string>;
}

const region = "us-east-1";
const options = JSON.parse(process.argv[2] ?? "") as ControllerArguments;

await runService(async () => {
  const { databaseUrl, workPort, scratchDir } = options;
  const jobs = new ChildProcessJobs({
    ...{ workUrl: `http://127.0.0.1:${workPort}`, scratchDir, cpusPerJob: 2, logLevel: "info" },
    onLine: (line) => console.log(line),
  });
  const pool = createPool({ url: databaseUrl, applicationName: "controller" }, () => {});
  const controller = await startController(
    {
      ...{ ...options, pool, jobs, authenticator: jobs },
      s3: createS3({ region, endpoint: options.s3Endpoint }),
      sqs: createSqs({ region, endpoint: options.sqsEndpoint }),
      settings: readControllerSettings(options.settings),
      registry: createRegistry(),
      log: createLogger({ service: "controller", level: "info" }),
    },
    { workPort, workHost: "127.0.0.1", candidate: undefined },
  );
  return {
    async stop() {
      await controller.stop();
      await jobs.stop();
      await pool.end();
    },
  };
});
