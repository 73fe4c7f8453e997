import {
  attemptLabel,
  fileLabel,
  type AttemptRef,
  type Labelled,
} from "@transpod/contract/job-identity.ts";

type Labels = Record<string, string>;

/** What all Jobs and pods of an installation carry. `instance` tells it from another one. */
export function instanceLabels(instance: string): Labels {
  return {
    "app.kubernetes.io/name": "transpod",
    "app.kubernetes.io/instance": instance,
    "app.kubernetes.io/component": "transcoder",
    "app.kubernetes.io/managed-by": "transpod-controller",
  };
}

/** The labels of an attempt's Job and its pod. */
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

export function hasLabels({ metadata }: Labelled, labels: Labels): boolean {
  return Object.entries(labels).every(([key, value]) => metadata?.labels?.[key] === value);
}
