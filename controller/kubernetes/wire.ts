import type { V1Job, V1Pod } from "@kubernetes/client-node";

/**
 * An object as the API server sends it. client-node's types have a Date for each time, but only its API
 * classes return one: in a watch it is text.
 */
export type Wire<T> = T extends Date
  ? string
  : T extends object
    ? { [K in keyof T]: Wire<T[K]> }
    : T;

export type Job = Wire<V1Job>;
export type JobCondition = NonNullable<NonNullable<Job["status"]>["conditions"]>[number];

export type Pod = Wire<V1Pod>;
type ContainerStatus = NonNullable<NonNullable<Pod["status"]>["containerStatuses"]>[number];
export type Termination = NonNullable<NonNullable<ContainerStatus["state"]>["terminated"]>;
