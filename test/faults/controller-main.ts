import { readControllerSettings, type ControllerSettings } from "@transpod/controller/config.ts";
import { startController } from "@transpod/controller/controller.ts";
import { createS3, createSqs } from "@transpod/runtime/aws.ts";
import { armCrashPoint, type CrashPoint } from "@transpod/runtime/crash-point.ts";
import { createLogger } from "@transpod/runtime/logger.ts";
import { createRegistry } from "@transpod/runtime/metrics.ts";
import { createPool } from "@transpod/store/database.ts";
import { RemoteJobs } from "./remote-jobs.ts";

/** The arguments of a test's controller, as JSON in its first argument. */
export interface ControllerArguments {
  databaseUrl: string;
  endpoint: string;
  queueUrl: string;
  rawBucket: string;
  processedBucket: string;
  jobsUrl: string;
  workPort: number;
  candidate: string;
  settings: Partial<ControllerSettings>;
  /** The offset of its clock. */
  clockOffsetMs: number;
}

/** Requests to it while it runs. */
export type ControllerRequest = { arm: CrashPoint } | "memory";

const controllerArguments = JSON.parse(process.argv[2] ?? "") as ControllerArguments;
const { databaseUrl, endpoint, jobsUrl, workPort, candidate } = controllerArguments;
shiftClock(controllerArguments.clockOffsetMs);

process.on("message", (question: ControllerRequest) => {
  if (question !== "memory") armCrashPoint(question.arm);
  global.gc?.();
  process.send?.(process.memoryUsage().heapUsed);
});

const jobs = new RemoteJobs(jobsUrl);
const aws = { region: "us-east-1", endpoint };
await startController(
  {
    ...controllerArguments,
    pool: createPool({ url: databaseUrl, applicationName: "transpod-controller" }, () => {}),
    ...{ s3: createS3(aws), sqs: createSqs(aws), jobs, authenticator: jobs },
    settings: { ...readControllerSettings({}), ...controllerArguments.settings },
    registry: createRegistry(),
    log: createLogger({ service: "controller", level: "silent" }),
  },
  { workPort, workHost: "127.0.0.1", candidate },
);
process.send?.("started");

/** Simulates a wrong clock: all code in this process gets a shifted time. */
function shiftClock(ms: number): void {
  const now = Date.now.bind(Date);
  globalThis.Date = new Proxy(Date, {
    construct: (target, [first, ...more]) =>
      first === undefined
        ? new target(now() + ms)
        : (Reflect.construct(target, [first, ...more]) as Date),
    get: (target, key, receiver) =>
      key === "now" ? () => now() + ms : (Reflect.get(target, key, receiver) as unknown),
  });
}
