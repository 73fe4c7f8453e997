import { IAMClient } from "@aws-sdk/client-iam";
import type { S3Client } from "@aws-sdk/client-s3";
import type { SQSClient } from "@aws-sdk/client-sqs";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { TranspodError } from "@transpod/contract/errors.ts";
import { createS3, createSqs } from "@transpod/runtime/aws.ts";
import { parseArn, type ArnParts } from "./arn.ts";

export interface ConnectOptions {
  /** By default the AWS SDK finds it in the environment or in the profile. */
  region?: string | undefined;
  /** Of an emulator. */
  endpoint?: string | undefined;
  /** The account that the credentials must belong to. */
  account?: string | undefined;
  /** Whether IAM policies are created or deleted too. */
  policies: boolean;
}

/** The account that the credentials belong to. */
export type Identity = Pick<ArnParts, "account" | "partition">;

export interface Connection {
  region: string;
  /** Undefined where an emulator wasn't asked. */
  identity: Identity | undefined;
  s3: S3Client;
  sqs: SQSClient;
  /** Undefined where policies are none of our business. */
  policies: PolicyAccess | undefined;
}

export interface PolicyAccess {
  iam: IAMClient;
  identity: Identity;
}

const requestHandler = {
  connectionTimeout: 3_000,
  requestTimeout: 30_000,
  throwOnRequestTimeout: true,
};

/**
 * Clients for one region. First AWS is asked for the account of the credentials: credentials that don't
 * work, or belong to another account, must fail before anything is created.
 */
export async function connect(options: ConnectOptions): Promise<Connection> {
  const { endpoint, account } = options;
  const region = options.region ?? (endpoint === undefined ? await chosenRegion() : "us-east-1");
  const place = { region, ...(endpoint === undefined ? {} : { endpoint }) };
  // An emulator may have no STS to ask.
  const asks = endpoint === undefined || account !== undefined || options.policies;
  const identity = asks ? await whoAmI(new STSClient({ ...place, requestHandler })) : undefined;
  if (account !== undefined && identity?.account !== account) {
    throw new TranspodError(
      "wrong_account",
      `These credentials belong to the AWS account ${identity?.account}, not to ${account}. ` +
        "Choose another profile (AWS_PROFILE).",
    );
  }
  const policies =
    options.policies && identity !== undefined
      ? { iam: new IAMClient({ ...place, requestHandler }), identity }
      : undefined;
  return { region, identity, s3: createS3(place), sqs: createSqs(place), policies };
}

async function chosenRegion(): Promise<string> {
  try {
    return await new STSClient().config.region();
  } catch (cause) {
    throw new TranspodError(
      "no_region",
      "No AWS region is chosen. Use --region, for example --region eu-central-1, or set AWS_REGION.",
      { cause },
    );
  }
}

async function whoAmI(sts: STSClient): Promise<Identity> {
  const { Account: account, Arn = "" } = await sts.send(new GetCallerIdentityCommand());
  if (account === undefined) throw new Error("STS named no account");
  return { account, partition: parseArn(Arn).partition };
}
