import { randomBytes } from "node:crypto";
import { Network, Wait } from "testcontainers";
import { runOnce } from "./docker.ts";
import { images } from "./images.ts";
import { RestrictedContainer } from "./restricted-container.ts";

const dataFolder = "/var/lib/transpod";
const writable = { "/tmp": "mode=1777" };
const postgresPort = 5432;
const awsPort = 4566;

/** Where both are on the containers' network. */
const awsEndpoint = `http://ministack:${awsPort}`;
const names = {
  rawBucket: "transpod-raw-test",
  processedBucket: "transpod-processed-test",
  queueUrl: `${awsEndpoint}/000000000000/transpod-test`,
};

/**
 * Postgres and MiniStack in containers on one network, with the schema, the buckets and the queue that
 * the command `transpod` makes from its image.
 */
export async function startBacking() {
  await using parts = new AsyncDisposableStack();
  const secret = randomBytes(12).toString("hex");
  const credentials = { accessKeyId: "transpod", secretAccessKey: secret };
  const credentialsEnvironment = { AWS_ACCESS_KEY_ID: "transpod", AWS_SECRET_ACCESS_KEY: secret };
  const network = parts.use(await new Network().start());
  const postgres = parts.use(
    await new RestrictedContainer(images.postgres)
      .withEnvironment({ POSTGRES_PASSWORD: secret })
      .withExposedPorts(postgresPort)
      .withTmpFs(writable)
      .withVolume(dataFolder)
      .withNetwork(network)
      .withNetworkAliases("postgres")
      .withWaitStrategy(Wait.forLogMessage("database system is ready to accept connections"))
      .start(),
  );
  const ministack = parts.use(
    await new RestrictedContainer(images.ministack)
      .withEnvironment(credentialsEnvironment)
      .withExposedPorts(awsPort)
      .withTmpFs(writable)
      .withVolume(dataFolder)
      .withNetwork(network)
      .withNetworkAliases("ministack")
      .withWaitStrategy(Wait.forHttp("/_ministack/health", awsPort))
      .start(),
  );
  const databaseUrlAt = (host: string) => `postgres://transpod:${secret}@${host}/transpod`;
  const databaseUrl = databaseUrlAt(`postgres:${postgresPort}`);
  /** Of S3 and SQS, seen from this machine, or by another name for it. */
  const endpointAt = (host = ministack.getHost()) =>
    `http://${host}:${ministack.getMappedPort(awsPort)}`;
  /** Runs the command `transpod` in its image, and resolves with what it prints. */
  const transpod = (...args: string[]) =>
    runOnce(images.cli, args, {
      network: network.getName(),
      environment: { DATABASE_URL: databaseUrl, ...credentialsEnvironment },
    });
  const init = (...more: string[]) =>
    transpod("aws", "init", "test", "--endpoint", awsEndpoint, ...more);
  await Promise.all([transpod("migrate"), init()]);

  const running = parts.move();
  return {
    ...{ network, postgres, names, credentials, credentialsEnvironment, endpointAt },
    ...{ transpod, init },
    databaseUrlHere: databaseUrlAt(`${postgres.getHost()}:${postgres.getMappedPort(postgresPort)}`),
    /** The environment of a service in a container, without the credentials. */
    environment: {
      DATABASE_URL: databaseUrl,
      S3_RAW_BUCKET: names.rawBucket,
      S3_PROCESSED_BUCKET: names.processedBucket,
      SQS_QUEUE_URL: names.queueUrl,
      S3_ENDPOINT: awsEndpoint,
      SQS_ENDPOINT: awsEndpoint,
      S3_PUBLIC_ENDPOINT: endpointAt(),
      AUTH: "off",
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

export type Backing = Awaited<ReturnType<typeof startBacking>>;
