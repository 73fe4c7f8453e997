import { UsageError } from "../exit.ts";
import { asColumns } from "../columns.ts";
import type { Terminal } from "../terminal.ts";
import { explain } from "./explain.ts";
import { environmentFile } from "./files/environment.ts";
import { openOwnFile } from "./files/own-file.ts";
import { helmValues } from "./files/values.ts";
import { init, type Initialised } from "./init.ts";
import type { InitOptions } from "./options.ts";
import { describeTarget } from "./show.ts";

interface File {
  path: string;
  change: "wrote" | "unchanged";
}

export async function initCommand(
  suffix: string,
  options: InitOptions,
  terminal: Terminal,
): Promise<void> {
  const { endpoint, clusterEndpoint, corsOrigin: corsOrigins } = options;
  if (clusterEndpoint !== undefined && endpoint === undefined) {
    throw new UsageError(
      "--cluster-endpoint is the emulator's address inside the cluster: use --endpoint too.",
    );
  }
  const write = await prepareFiles(suffix, options);
  let made: Initialised;
  try {
    made = await init(
      {
        ...{ suffix, endpoint, clusterEndpoint, corsOrigins },
        ...{ region: options.region, account: options.account },
        policies: options.policies ?? endpoint === undefined,
      },
      (step) => terminal.status(step),
    );
  } catch (error) {
    throw explain(error, endpoint);
  }
  const files = await write(made);
  terminal.result(
    [
      `${made.names.queue} in ${describeTarget(made, options)}:`,
      ...asColumns([...resourceRows(made), ...files.map((f) => [f.change, "file", f.path])]),
      ...(made.policyArns.length === 0 ? ["No IAM policies were created."] : []),
      ...nextSteps(made, options.values),
    ],
    asJson(made, files),
  );
}

/** Checks before anything is created that no file must be left alone. */
async function prepareFiles(
  suffix: string,
  { values, env, force = false }: InitOptions,
): Promise<(made: Initialised) => Promise<File[]>> {
  const asked = [
    { path: values, bodyOf: helmValues },
    { path: env, bodyOf: environmentFile },
  ];
  const files = await Promise.all(
    asked.flatMap(({ path, bodyOf }) =>
      path === undefined ? [] : [openOwnFile(path, { force }).then((file) => ({ file, bodyOf }))],
    ),
  );
  return (made) =>
    Promise.all(
      files.map(async ({ file, bodyOf }): Promise<File> => {
        const wrote = await file.write(`transpod aws init ${suffix}`, bodyOf(made));
        return { path: file.path, change: wrote ? "wrote" : "unchanged" };
      }),
    );
}

function resourceRows({ resources }: Initialised): string[][] {
  return resources.map(({ change, kind, name, settings }) => [
    change,
    kind,
    settings.length === 0 ? name : `${name} (${settings.join(", ")})`,
  ]);
}

function nextSteps(made: Initialised, values: string | undefined): string[] {
  const printed = [
    "",
    "Values for Helm (--values FILE writes them to a file):",
    "",
    helmValues(made),
  ];
  const { apiPolicy, controllerPolicy } = made.names;
  const commands = [
    "",
    "Next (docs/eks.md explains each step):",
    `  attach ${apiPolicy} and ${controllerPolicy} to the pods' roles, by Pod Identity or IRSA`,
    "  kubectl create namespace transpod",
    "  kubectl create secret generic transpod-database --namespace transpod \\",
    "    --from-literal=DATABASE_URL=postgres://USER:PASSWORD@HOST:5432/transpod",
    "  helm install transpod charts/transpod --namespace transpod \\",
    `    --values ${values ?? "FILE"} --set database.existingSecret=transpod-database`,
  ];
  return [
    ...(values === undefined ? printed : []),
    ...(made.emulator === undefined ? commands : []),
  ];
}

function asJson(made: Initialised, files: File[]): object {
  const { names, region, account = null, emulator = null } = made;
  return {
    suffix: names.suffix,
    account,
    region,
    raw_bucket: names.rawBucket,
    processed_bucket: names.processedBucket,
    queue_url: made.queueUrl,
    dead_letter_queue_url: made.deadLetterQueueUrl,
    endpoint: emulator?.endpoint ?? null,
    cluster_endpoint: emulator?.clusterEndpoint ?? null,
    policy_arns: made.policyArns,
    resources: made.resources,
    files,
  };
}
