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

/** The tag of everything that `aws init` creates; `aws destroy` deletes nothing without it. */
export const suffixTag = "transpod:suffix";

const pattern = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;

/**
 * A bucket's name has at most 63 characters:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
 */
const maxSuffixLength = 63 - "transpod-processed-".length;

/** Suffixes that S3 reserves, from the same page. */
const reserved = ["-s3alias", "--ol-s3", "--x-s3", "--table-s3"];

/** Throws a TranspodError for a suffix that is not allowed. */
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

/** The queue for messages that were received too often. */
export function deadLetterQueueOf(queue: string): string {
  return `${queue}-dead`;
}

function faultOf(suffix: string): string | undefined {
  if (!pattern.test(suffix)) {
    return "A suffix has only lower-case letters, digits and hyphens, and no hyphen at its start or end.";
  }
  if (suffix.length > maxSuffixLength) {
    return `A suffix has ${maxSuffixLength} characters at most, because bucket names are limited to 63.`;
  }
  const end = reserved.find((reservedEnd) => `-${suffix}`.endsWith(reservedEnd));
  if (end !== undefined) return `S3 reserves names that end in "${end}".`;
  if (suffix.endsWith("-dead"))
    return 'Names that end in "-dead" are reserved for dead-letter queues.';
  return undefined;
}
