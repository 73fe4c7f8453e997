import { readFileSync } from "node:fs";
import { z } from "zod";
import { ConfigError, logLevel } from "@transpod/runtime/environment.ts";

const quantity = z.string().regex(/^\d+(\.\d+)?(m|k|Ki|M|Mi|G|Gi|T|Ti)?$/, {
  error: 'Give a Kubernetes quantity, such as "2", "500m" or "2Gi".',
});
const name = z
  .string()
  .max(253)
  .regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/, { error: "Give a valid Kubernetes name." });
const texts = z.record(z.string(), z.string()).default({});
const seconds = z.int().positive();
/** In Kubernetes' own schema, which the API server checks. */
const object = z.record(z.string(), z.unknown());

/** How Jobs are made, as the chart sets it. Empty is the same as absent. */
const jobSettings = z.strictObject({
  // A label's value.
  instance: name.max(63),
  image: z.string().min(1),
  imagePullPolicy: z.enum(["Always", "IfNotPresent", "Never"]).default("IfNotPresent"),
  imagePullSecrets: z.array(z.strictObject({ name })).default([]),
  serviceAccountName: name,
  workUrl: z.url({
    protocol: /^https?$/,
    error: "Give a URL that starts with http:// or https://.",
  }),
  resources: z.strictObject({
    cpuRequest: quantity,
    cpuLimit: quantity.or(z.literal("")).default(""),
    memory: quantity,
  }),
  ttlSecondsAfterFinished: seconds.default(600),
  terminationGracePeriodSeconds: seconds.default(60),
  labels: texts,
  annotations: texts,
  nodeSelector: texts,
  tolerations: z.array(object).default([]),
  affinity: object.default({}),
  priorityClassName: z.string().default(""),
  runtimeClassName: z.string().default(""),
  stallSeconds: z.number().positive().default(60),
  logLevel,
});

export type JobSettings = z.infer<typeof jobSettings>;

/** Reads JOB_SETTINGS_FILE. Throws a ConfigError that names every fault. */
export function readJobSettings(path: string): Readonly<JobSettings> {
  const parsed = jobSettings.safeParse(readJson(path));
  if (parsed.success) return Object.freeze(parsed.data);
  throw faultsIn(path, parsed.error.issues.map(sentence));
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw faultsIn(path, [error instanceof Error ? error.message : String(error)]);
  }
}

function sentence(issue: z.core.$ZodIssue): string {
  const path = issue.path.join(".");
  if (issue.code !== "unrecognized_keys") return `${path}: ${issue.message}`;
  return issue.keys
    .map((key) => `${[...issue.path, key].join(".")}: There is no such setting.`)
    .join(" ");
}

function faultsIn(path: string, faults: string[]): ConfigError {
  return new ConfigError(faults.map((fault) => `JOB_SETTINGS_FILE ${path}: ${fault}`));
}
