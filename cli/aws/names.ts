import { TranspodError } from "@transpod/contract/errors.ts";

/** What one installation has on AWS; every name follows from its suffix. */
export interface Names {
  suffix: string;
  rawBucket: string;
  processedBucket: string;
  queue: string;
  deadLetterQueue: string;
  apiPolicy: string;
  controllerPolicy: string;
}

/** On everything that `aws init` makes; `aws destroy` touches nothing without it. */
export const suffixTag = "transpod:suffix";

const pattern = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;

/** A bucket's name may have 63: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const maxSuffixLength = 63 - "transpod-processed-".length;

/** Ends that S3 keeps for itself, by the same page. */
const reserved = ["-s3alias", "--ol-s3", "--x-s3", "--table-s3"];

/** Throws a TranspodError that says what a suffix may be. */
export function namesFor(suffix: string): Names {
  const fault = faultOf(suffix);
  if (fault !== undefined) throw new TranspodError("invalid_suffix", fault);
  return {
    suffix,
    rawBucket: `transpod-raw-${suffix}`,
    processedBucket: `transpod-processed-${suffix}`,
    queue: `transpod-${suffix}`,
    deadLetterQueue: deadLetterQueueOf(`transpod-${suffix}`),
    apiPolicy: `transpod-api-${suffix}`,
    controllerPolicy: `transpod-controller-${suffix}`,
  };
}

/** Where messages go that were received too often. */
export function deadLetterQueueOf(queue: string): string {
  return `${queue}-dead`;
}

function faultOf(suffix: string): string | undefined {
  if (!pattern.test(suffix)) {
    return "A suffix has lower-case letters, digits and hyphens, and no hyphen at its ends.";
  }
  if (suffix.length > maxSuffixLength) {
    return `A suffix has ${maxSuffixLength} characters at most: names of buckets have room for no more.`;
  }
  const end = reserved.find((reservedEnd) => `-${suffix}`.endsWith(reservedEnd));
  if (end !== undefined) return `S3 keeps names that end in "${end}" for itself.`;
  if (suffix.endsWith("-dead")) return 'Names that end in "-dead" are those of dead-letter queues.';
  return undefined;
}
