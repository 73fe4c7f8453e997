import type { Names } from "./names.ts";

/** The data about an installation on AWS, or in an emulator, that Helm and the services need. */
export interface Installation {
  names: Names;
  region: string;
  queueUrl: string;
  emulator?: Emulator | undefined;
  /** None where no policies were made. */
  policyArns: string[];
}

/** An emulator may have two addresses: one for this machine and clients, and one for pods. */
export interface Emulator {
  endpoint: string;
  clusterEndpoint: string;
}

/** The queue's URL under another name of its host. */
export function queueUrlAt(endpoint: string, queueUrl: string): string {
  return new URL(new URL(queueUrl).pathname, endpoint).href;
}
