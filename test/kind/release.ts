import { fileURLToPath } from "node:url";
import { podsOf } from "./cluster.ts";
import { hasCondition } from "./objects.ts";
import { helm, installation, kubectl } from "./tools.ts";
import { until } from "./until.ts";

const { release } = installation;
export const chart = fileURLToPath(new URL("../../charts/transpod", import.meta.url));
const controllers = "app.kubernetes.io/component=controller";
const timeout = ["--timeout", "180s"];

/** The values of the chart that the suite reads. */
export interface Values {
  image: { tag: string };
  transcoder: { image: { repository: string; tag: string } };
  database: { existingSecret: string; key: string };
  aws: {
    region: string;
    rawBucket: string;
    processedBucket: string;
    s3PublicEndpoint: string;
    existingSecret: string;
  };
}

export async function readValues(): Promise<Values> {
  return JSON.parse(await helm(["get", "values", release, "--all", "--output", "json"])) as Values;
}

/** The user's values without the chart's defaults: a values file in JSON. */
export async function readOwnValues(): Promise<string> {
  return await helm(["get", "values", release, "--output", "json"]);
}

/** Installs where nothing is. Resolves when the new pods are ready and the old ones are gone. */
export async function upgrade(
  ownValues: string,
  settings: Readonly<Record<string, string | number | boolean>> = {},
): Promise<void> {
  const values = ["--reset-values", "--values", "-", ...setting(settings)];
  await helm(["upgrade", "--install", release, chart, ...values, "--wait", ...timeout], {
    input: ownValues,
  });
  await untilRolledOut();
}

export async function uninstall(): Promise<void> {
  await helm(["uninstall", release, "--wait", ...timeout]);
}

export async function untilRolledOut(): Promise<void> {
  for (const component of ["api", "controller"]) {
    await kubectl(["rollout", "status", `deployment/${release}-${component}`, "--timeout", "180s"]);
  }
  await until(async () => {
    const pods = await podsOf("app.kubernetes.io/component in (api, controller)");
    return pods.every(({ metadata }) => metadata.deletionTimestamp === undefined);
  }, "the pods of the release before are gone");
}

/** Runs `work` while no controller runs; then starts as many as before. */
export async function withoutController(work: () => Promise<void>): Promise<void> {
  const { length } = await podsOf(controllers);
  await scaleControllers(0);
  try {
    await work();
  } finally {
    await scaleControllers(length);
  }
}

async function scaleControllers(replicas: number): Promise<void> {
  await kubectl(["scale", `deployment/${release}-controller`, `--replicas=${replicas}`]);
  await until(async () => {
    const pods = await podsOf(controllers);
    return pods.length === replicas && pods.every((pod) => hasCondition(pod, "Ready"));
  }, `${replicas} controllers run`);
}

function setting(settings: Readonly<Record<string, string | number | boolean>>): string[] {
  return Object.entries(settings).flatMap(([key, value]) =>
    typeof value === "string" ? ["--set-string", `${key}=${value}`] : ["--set", `${key}=${value}`],
  );
}
