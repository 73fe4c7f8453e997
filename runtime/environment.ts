import { z } from "zod";
import { TranspodError } from "@transpod/contract/errors.ts";
import { maxObjectBytes, maxPutBytes } from "@transpod/contract/part-layout.ts";

/** The settings are wrong; the message lists every fault, one per line. */
export class ConfigError extends TranspodError {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super("invalid_config", `The settings are wrong:\n${faults.map((f) => `  ${f}`).join("\n")}`);
    this.faults = faults;
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the environment by a schema whose keys are the variables' names. An empty variable counts
 * as absent. All faults are reported at once; the result is frozen. Throws ConfigError.
 */
export function readEnvironment<T extends z.ZodObject>(
  schema: T,
  environment: Environment,
): Readonly<z.infer<T>> {
  const set = Object.entries(environment).filter(([, value]) => value !== "");
  const parsed = schema.safeParse(Object.fromEntries(set));
  if (parsed.success) return Object.freeze(parsed.data);
  throw new ConfigError(
    parsed.error.issues.map((issue) => `${String(issue.path[0])}: ${issue.message}`),
  );
}

/** A variable with a whole number. */
export function integer({ min, max = Number.MAX_SAFE_INTEGER }: { min: number; max?: number }) {
  const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
  const error = `Give a whole number ${range}.`;
  return z.coerce.number({ error }).pipe(z.int({ error }).min(min, { error }).max(max, { error }));
}

/** Settings that several processes read under the same names. */
export const port = integer({ min: 0, max: 65_535 });
/** The default is the limit of S3 for one PUT; larger files are uploaded in parts. */
export const maxUploadBytes = integer({ min: 1, max: maxObjectBytes }).default(maxPutBytes);
export const logLevel = z
  .enum(["trace", "debug", "info", "warn", "error", "silent"])
  .default("info");
/** Whether webhooks may have private addresses. */
export const webhookAllowPrivate = z.enum(["on", "off"]).default("off");

/** Where traces are sent; absent: nowhere. OpenTelemetry reads its other variables itself. */
export const otlpEndpoint = z.url({ protocol: /^https?$/ }).optional();

/** Where S3 and SQS are. Both endpoints are empty on AWS. */
export const awsEnvironment = z.object({
  AWS_REGION: z.string().default("us-east-1"),
  S3_RAW_BUCKET: z.string().min(3),
  S3_PROCESSED_BUCKET: z.string().min(3),
  S3_ENDPOINT: z.url().optional(),
  S3_PUBLIC_ENDPOINT: z.url().optional(),
  SQS_ENDPOINT: z.url().optional(),
  SQS_QUEUE_URL: z.url(),
});
