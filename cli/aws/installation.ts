import type { Names } from "./names.ts";

/** What Helm and the services are told of an installation on AWS, or in an emulator. */
export interface Installation {
  names: Names;
  region: string;
  queueUrl: string;
  emulator?: Emulator | undefined;
  /** None where no policies were made. */
  policyArns: string[];
}

/** One emulator may have two names: for this machine and clients, and for pods. */
export interface Emulator {
  endpoint: string;
  clusterEndpoint: string;
}

/** The queue's URL under another name of its host. */
export function queueUrlAt(endpoint: string, queueUrl: string): string {
  return new URL(new URL(queueUrl).pathname, endpoint).href;
}
