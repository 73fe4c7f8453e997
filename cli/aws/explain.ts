import { TranspodError } from "@transpod/contract/errors.ts";

const logIn =
  'Log in ("aws sso login"), choose a profile (AWS_PROFILE), or set AWS_ACCESS_KEY_ID and ' +
  "AWS_SECRET_ACCESS_KEY.";
const logInToEmulator =
  "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to those that the emulator accepts.";

interface Explanation {
  code: string;
  /** Services of AWS have different names for the same error. */
  names: string[];
  sentence: (message: string, next: string) => string;
}

const explanations: Explanation[] = [
  {
    code: "no_credentials",
    names: ["CredentialsProviderError", "TokenProviderError"],
    sentence: (message, next) =>
      /expired|sso|profile/i.test(message)
        ? `The AWS login can't be used: ${message} ${next}`
        : `There are no AWS credentials. ${next}`,
  },
  {
    code: "expired_credentials",
    names: ["ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired", "RequestExpired"],
    sentence: (_, next) => `The AWS credentials have expired. ${next}`,
  },
  {
    code: "unknown_credentials",
    names: [
      "InvalidAccessKeyId",
      "InvalidClientTokenId",
      "UnrecognizedClientException",
      "SignatureDoesNotMatch",
      "IncompleteSignature",
      "InvalidToken",
      "AuthFailure",
    ],
    sentence: (message, next) => `AWS rejects these credentials: ${message} ${next}`,
  },
  {
    code: "wrong_clock",
    names: ["RequestTimeTooSkewed"],
    sentence: () =>
      "AWS refuses requests from this machine, because its clock is wrong. Set the clock.",
  },
  {
    code: "access_denied",
    names: ["AccessDenied", "AccessDeniedException", "AuthorizationError", "Forbidden"],
    sentence: (message) => {
      const action = /perform: (\S+)/.exec(message)?.[1];
      const lacking = action === undefined ? "" : ` The permission ${action} is missing.`;
      return `AWS denies access.${lacking} docs/eks.md lists what this command needs. AWS said: ${message}`;
    },
  },
  {
    code: "wrong_region",
    names: [
      "PermanentRedirect",
      "AuthorizationHeaderMalformed",
      "IllegalLocationConstraintException",
      "InvalidLocationConstraint",
    ],
    sentence: (message) =>
      `This is the wrong region; choose another one with --region. AWS said: ${message}`,
  },
  {
    code: "deleted_recently",
    names: ["QueueDeletedRecently", "AWS.SimpleQueueService.QueueDeletedRecently"],
    sentence: () =>
      "A queue of this name was deleted within the last minute, and SQS requires a minute in between. " +
      "Then run the same command again: it continues where it stopped.",
  },
  {
    code: "bucket_busy",
    names: ["OperationAborted"],
    sentence: () =>
      "S3 is still busy with a bucket of this name, for some minutes after one was deleted. Then run " +
      "the same command again: it continues where it stopped.",
  },
];

const unreachable = /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH)$/;

/**
 * Turns an error of AWS, or of the connection to it, into a sentence with the next step. Other errors
 * are returned unchanged.
 */
export function explain(error: unknown, endpoint: string | undefined): unknown {
  if (!(error instanceof Error) || error instanceof TranspodError) return error;
  const { name } = error;
  const message = error.message.trim().replace(/[^.!?]$/, "$&.");
  const known = explanations.find(({ names }) => names.includes(name));
  if (known !== undefined) {
    const next = endpoint === undefined ? logIn : logInToEmulator;
    return new TranspodError(known.code, known.sentence(message, next), { cause: error });
  }
  const { code } = error as { code?: unknown };
  if (name === "TimeoutError" || (typeof code === "string" && unreachable.test(code))) {
    const next =
      endpoint === undefined
        ? "AWS can't be reached. Check the network, and the spelling of the region"
        : `Nothing answers at ${endpoint}. Start the emulator, or correct --endpoint`;
    return new TranspodError("unreachable", `${next}: ${message}`, { cause: error });
  }
  if (!("$metadata" in error)) return error;
  return new TranspodError("aws_error", `AWS answered with ${name}: ${message}`, { cause: error });
}
