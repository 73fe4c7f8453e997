import type { AttemptRef } from "@transpod/contract/job-identity.ts";

const fileLabel = "transpod.io/file";
const attemptLabel = "transpod.io/attempt";

type Labels = Record<string, string>;

interface Labelled {
  metadata?: { labels?: Labels };
}

/** What all Jobs and pods of an installation carry. `instance` tells it from another one. */
export function instanceLabels(instance: string): Labels {
  return {
    "app.kubernetes.io/name": "transpod",
    "app.kubernetes.io/instance": instance,
    "app.kubernetes.io/component": "transcoder",
    "app.kubernetes.io/managed-by": "transpod-controller",
  };
}

/** What the Job of an attempt carries, and its pod. */
export function attemptLabels({ fileId, attempt }: AttemptRef, instance: string): Labels {
  return {
    ...instanceLabels(instance),
    [fileLabel]: fileId,
    [attemptLabel]: String(attempt),
  };
}

export function labelSelector(labels: Labels): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
}

export function carries({ metadata }: Labelled, labels: Labels): boolean {
  return Object.entries(labels).every(([key, value]) => metadata?.labels?.[key] === value);
}

/** The attempt that a Job or pod is for; undefined when its labels don't say. */
export function attemptOf({ metadata }: Labelled): AttemptRef | undefined {
  const fileId = metadata?.labels?.[fileLabel];
  const attempt = Number(metadata?.labels?.[attemptLabel]);
  return fileId === undefined || !Number.isSafeInteger(attempt) ? undefined : { fileId, attempt };
}
