import {
  GetBucketNotificationConfigurationCommand,
  PutBucketNotificationConfigurationCommand,
  type NotificationConfiguration,
  type QueueConfiguration,
  type S3Client,
} from "@aws-sdk/client-s3";
import pRetry from "p-retry";
import { setting, upsert, type Setting } from "../setting.ts";

/** Exactly these: S3's suffix filter is case-sensitive and has no patterns. */
const suffixes = [".mp4", ".mov", ".MP4", ".MOV"];

/** Makes the bucket send an event for every video to the queue; its other notifications stay. */
export function notifications(s3: S3Client, bucket: string, queueArn: string): Setting {
  return setting<NotificationConfiguration>("notifications", {
    async read() {
      const { $metadata: _, ...found } = await s3.send(
        new GetBucketNotificationConfigurationCommand({ Bucket: bucket }),
      );
      return { ...found, QueueConfigurations: found.QueueConfigurations?.map(withLowerCaseNames) };
    },
    next: (current) => ({
      ...current,
      QueueConfigurations: suffixes
        .map((suffix) => configurationFor(suffix, queueArn))
        .reduce<QueueConfiguration[]>(
          (all, ours) => upsert(all, ours, ({ Id }) => Id === ours.Id),
          current?.QueueConfigurations ?? [],
        ),
    }),
    write: (NotificationConfiguration) => put(s3, bucket, NotificationConfiguration),
  });
}

/** S3 takes one suffix for each configuration. */
function configurationFor(suffix: string, queueArn: string): QueueConfiguration {
  return {
    Id: `transpod-${suffix.slice(1)}`,
    QueueArn: queueArn,
    Events: ["s3:ObjectCreated:*"],
    Filter: { Key: { FilterRules: [{ Name: "suffix", Value: suffix }] } },
  };
}

/** AWS accepts `suffix` and answers with `Suffix`. */
function withLowerCaseNames(configuration: QueueConfiguration): QueueConfiguration {
  const rules = configuration.Filter?.Key?.FilterRules;
  if (rules === undefined) return configuration;
  const FilterRules = rules.map((rule) => ({
    ...rule,
    Name: rule.Name?.toLowerCase() as "suffix" | "prefix",
  }));
  return { ...configuration, Filter: { Key: { FilterRules } } };
}

/** S3 tests the queue, and a queue's policy may take up to a minute to take effect. */
async function put(
  s3: S3Client,
  bucket: string,
  NotificationConfiguration: NotificationConfiguration,
): Promise<void> {
  const command = new PutBucketNotificationConfigurationCommand({
    Bucket: bucket,
    NotificationConfiguration,
  });
  await pRetry(() => s3.send(command), {
    retries: Infinity,
    maxTimeout: 5_000,
    maxRetryTime: 60_000,
    shouldRetry: ({ error }) => /Unable to validate the following destination/.test(error.message),
  });
}
