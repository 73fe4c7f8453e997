import { lookup } from "node:dns";
import { Agent } from "node:http";
import getPort from "get-port";
import { readControllerSettings } from "@transpod/controller/config.ts";
import { startController } from "@transpod/controller/controller.ts";
import { createS3, createSqs } from "@transpod/runtime/aws.ts";
import { createLogger } from "@transpod/runtime/logger.ts";
import { createRegistry } from "@transpod/runtime/metrics.ts";
import { createPool } from "@transpod/store/database.ts";
import type { Backing } from "./backing.ts";
import { ContainerJobs } from "./container-jobs.ts";
import { hostName } from "./docker.ts";

const region = "us-east-1";

/**
 * The real controller in this process (its image needs Kubernetes), with Jobs as containers. S3 has one
 * address for both, the one that is good in a container: here it is looked up as this machine.
 */
export async function startTestController(backing: Backing) {
  await using parts = new AsyncDisposableStack();
  const { credentials, databaseUrlHere: databaseUrl } = backing;
  const workPort = await getPort();
  const jobs = new ContainerJobs(`http://${hostName}:${workPort}`);
  parts.defer(() => jobs.stop());
  const pool = createPool({ url: databaseUrl, applicationName: "transpod-controller" }, () => {});
  parts.defer(() => pool.end());

  const s3 = createS3({ region, credentials, endpoint: backing.endpointAt(hostName) });
  const { requestHandler } = s3.config as { requestHandler: Partial<HttpHandler> };
  requestHandler.updateHttpClientConfig?.("httpAgent", new Agent({ lookup: lookupHere }));
  parts.defer(() => s3.destroy());
  const sqs = createSqs({ region, credentials, endpoint: backing.endpointAt() });
  parts.defer(() => sqs.destroy());

  const log = createLogger({ service: "controller", level: "silent" });
  const settings = readControllerSettings({ SWEEP_SECONDS: "1", HEARTBEAT_SECONDS: "1" });
  const controller = await startController(
    {
      ...{ pool, databaseUrl, s3, sqs, ...backing.names, jobs, authenticator: jobs, log },
      settings: { ...settings, silenceSeconds: 60, retryDelaySeconds: { initial: 0, max: 0 } },
      registry: createRegistry(),
    },
    { workPort, candidate: undefined },
  );
  parts.defer(() => controller.stop());
  const running = parts.move();
  return { jobs, pool, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

/** The part of the SDK's own interface that its types hide. */
interface HttpHandler {
  updateHttpClientConfig(key: "httpAgent", value: Agent): void;
}

const lookupHere: typeof lookup = ((host: string, ...rest: [never, never]) =>
  lookup(host === hostName ? "localhost" : host, ...rest)) as typeof lookup;
