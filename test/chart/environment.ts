import type { Container, EnvVar } from "./objects.ts";

/** What a Secret of the cluster would hold. */
export const databaseUrl = "postgres://transpod:secret@postgres.example.com:5432/transpod";

const fields: Readonly<Record<string, string>> = {
  "metadata.name": "the-pod",
  "metadata.namespace": "the-namespace",
};

/** The environment as the container's process would see it. */
export function environmentOf({ env = [] }: Container): Record<string, string> {
  return Object.fromEntries(env.map((variable) => [variable.name, valueOf(variable)]));
}

function valueOf({ name, value, valueFrom }: EnvVar): string {
  if (value !== undefined) return value;
  if (valueFrom?.secretKeyRef) return name === "DATABASE_URL" ? databaseUrl : "from-a-secret";
  const field = fields[valueFrom?.fieldRef?.fieldPath ?? ""];
  if (field === undefined) throw new Error(`${name} has no value.`);
  return field;
}
