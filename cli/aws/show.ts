import type { AwsOptions } from "./options.ts";

interface Target {
  region: string;
  account: string | undefined;
}

/** Where on earth: a person should see a wrong account or region at once. */
export function describeTarget({ region, account }: Target, { endpoint }: AwsOptions): string {
  return endpoint === undefined
    ? `the AWS account ${account}, region ${region}`
    : `the emulator at ${endpoint}`;
}
