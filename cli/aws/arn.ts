export interface Place {
  /** `aws`, or that of China or of the government. */
  partition: string;
  region: string;
  account: string;
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */
export function placeOf(arn: string): Place {
  const [, partition = "", , region = "", account = ""] = arn.split(":");
  return { partition, region, account };
}

export function bucketArn({ partition }: Pick<Place, "partition">, bucket: string): string {
  return `arn:${partition}:s3:::${bucket}`;
}
