import { kubectlJson } from "./tools.ts";

/** A Secret of the installation, decoded. */
export async function readSecret(name: string): Promise<Record<string, string>> {
  const { data = {} } = await kubectlJson<{ data?: Record<string, string> }>([
    ...["get", "secret", name],
  ]);
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, Buffer.from(value, "base64").toString()]),
  );
}
