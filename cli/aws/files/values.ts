import { queueUrlAt, type Installation } from "../installation.ts";

/** A values file for the Helm chart. */
export function helmValues({
  names,
  region,
  queueUrl,
  emulator,
  policyArns,
}: Installation): string {
  const aws = {
    region,
    rawBucket: names.rawBucket,
    processedBucket: names.processedBucket,
    queueUrl: emulator === undefined ? queueUrl : queueUrlAt(emulator.clusterEndpoint, queueUrl),
    ...(emulator !== undefined && {
      s3Endpoint: emulator.clusterEndpoint,
      s3PublicEndpoint: emulator.endpoint,
      sqsEndpoint: emulator.clusterEndpoint,
    }),
  };
  const lines = Object.entries(aws).map(([key, value]) => `  ${key}: ${JSON.stringify(value)}`);
  return ["aws:", ...lines, ...roleHints(policyArns), ""].join("\n");
}

function roleHints(policyArns: string[]): string[] {
  if (policyArns.length === 0) return [];
  return [
    "",
    "# With Pod Identity nothing more is needed here. With IRSA, a values file of your own names the",
    "# roles that hold these policies:",
    ...policyArns.map((arn) => `#   ${arn}`),
    "#",
    "# serviceAccounts:",
    "#   api:",
    "#     annotations:",
    "#       eks.amazonaws.com/role-arn: ...",
    "#   controller:",
    "#     annotations:",
    "#       eks.amazonaws.com/role-arn: ...",
  ];
}
