export interface ArnParts {
  /** `aws`, `aws-cn` or `aws-us-gov`. */
  partition: string;
  region: string;
  account: string;
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */
export function parseArn(arn: string): ArnParts {
  const [, partition = "", , region = "", account = ""] = arn.split(":");
  return { partition, region, account };
}

export function bucketArn({ partition }: Pick<ArnParts, "partition">, bucket: string): string {
  return `arn:${partition}:s3:::${bucket}`;
}
