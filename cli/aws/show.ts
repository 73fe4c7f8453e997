import type { AwsOptions } from "./options.ts";

interface Place {
  region: string;
  account: string | undefined;
}

/** Where on earth: a person should see a wrong account or region at once. */
export function describePlace({ region, account }: Place, { endpoint }: AwsOptions): string {
  return endpoint === undefined
    ? `the AWS account ${account}, region ${region}`
    : `the emulator at ${endpoint}`;
}
