import { connect, type ConnectOptions } from "./connect.ts";
import type { Installation } from "./installation.ts";
import { namesFor, suffixTag } from "./names.ts";
import { ensurePolicy, policyArn } from "./policy/managed-policy.ts";
import { servicePolicies } from "./policy/service-policies.ts";
import { provision } from "./provision.ts";
import type { Resource } from "./resource.ts";

export interface InitOptions extends ConnectOptions {
  suffix: string;
  corsOrigins?: string[] | undefined;
  /** Where pods reach the emulator; unless told, where this machine does. */
  clusterEndpoint?: string | undefined;
}

export interface Initialised extends Installation {
  /** Undefined where an emulator wasn't asked. */
  account: string | undefined;
  deadLetterQueueUrl: string;
  resources: Resource[];
}

/** Creates what an installation needs on AWS, or the missing part of it. */
export async function init(
  options: InitOptions,
  onStep: (step: string) => void,
): Promise<Initialised> {
  const { suffix, corsOrigins, endpoint, clusterEndpoint = endpoint } = options;
  const names = namesFor(suffix);
  const tags = { [suffixTag]: suffix };
  onStep("Checking the AWS credentials");
  const { region, identity, s3, sqs, policies } = await connect(options);
  const account = identity?.account;

  onStep("Creating the buckets and the queues");
  const { rawBucket, processedBucket, queue: queueName } = names;
  const buckets = { rawBucket, processedBucket, corsOrigins, account };
  const { queueUrl, queueArn, deadLetterQueueUrl, resources } = await provision({
    ...{ s3, sqs, queueName, tags },
    ...buckets,
  });

  const policyArns: Installation["policyArns"] = [];
  if (policies !== undefined) {
    onStep("Creating the IAM policies");
    for (const policy of servicePolicies(names, queueArn)) {
      const arn = policyArn(policies.identity, policy.name);
      resources.push(await ensurePolicy(policies.iam, arn, policy, tags));
      policyArns.push(arn);
    }
  }
  const emulator =
    endpoint === undefined || clusterEndpoint === undefined
      ? undefined
      : { endpoint, clusterEndpoint };
  return {
    ...{ names, region, account, queueUrl, deadLetterQueueUrl },
    ...{ emulator, policyArns, resources },
  };
}
