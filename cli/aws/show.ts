import type { AwsOptions } from "./options.ts";

interface Target {
  region: string;
  account: string | undefined;
}

/** Names account and region, so that a person notices a wrong one. */
export function describeTarget({ region, account }: Target, { endpoint }: AwsOptions): string {
  return endpoint === undefined
    ? `the AWS account ${account}, region ${region}`
    : `the emulator at ${endpoint}`;
}
